// What cannot be opened, and what is said of it.
#include "tests/journal/keeper.hpp"
#include "tests/journal/scratch.hpp"
#include "tests/journal/story.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

namespace admit::journal {
namespace {

namespace fs = std::filesystem;

/// "<kind> <text>", or "opened".
std::string outcome(const std::string& dir, const options& o = {}) {
    const opened found = open("sqlite:" + dir, o);
    const auto* const why = std::get_if<trouble>(&found);
    return why != nullptr ? std::to_string(static_cast<int>(why->kind)) + " " + why->what
                          : "opened";
}

/// What `f` says in a process of its own.
std::string elsewhere(const std::function<std::string()>& f) {
    int ends[2];
    if (::pipe(ends) != 0) return "no pipe";
    const pid_t child = ::fork();
    if (child == 0) {
        std::string said;
        try {
            said = f();
        } catch (const std::exception& e) { said = e.what(); }
        const auto ignored = ::write(ends[1], said.data(), said.size());
        ::_exit(ignored < 0 ? 1 : 0);
    }
    ::close(ends[1]);
    std::string all;
    char buffer[4096];
    for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        all.append(buffer, static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return all;
}

std::string kind(trouble_kind k) { return std::to_string(static_cast<int>(k)) + " "; }

#define EXPECT_TROUBLE(said, is, text)                           \
    do {                                                         \
        const std::string heard = said;                          \
        EXPECT_TRUE(heard.starts_with(kind(is))) << heard;       \
        EXPECT_NE(heard.find(text), std::string::npos) << heard; \
    } while (false)

/// Root becomes somebody else, for whom permissions mean something.
void be_nobody() {
    if (::geteuid() == 0 && (::setegid(65534) != 0 || ::seteuid(65534) != 0)) ::_exit(2);
}

class JournalRefusal : public testing::Test {
protected:
    void make() { test::open_in(dir_, {})->close(); }

    void run_sql(const std::string& sql) {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open((dir_ + "/journal.db").c_str(), &db), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(db);
    }

    test::scratch where_;
    const std::string dir_ = where_ / "data";
};

TEST_F(JournalRefusal, AnotherServerHasIt) {
    const auto log = test::open_in(dir_, {});
    const std::string who = "another server has it (process " + std::to_string(::getpid()) + ")";
    EXPECT_TROUBLE(outcome(dir_), trouble_kind::locked, who);
    EXPECT_TROUBLE(elsewhere([&] { return outcome(dir_); }), trouble_kind::locked, who);
    log->close();
    EXPECT_EQ(outcome(dir_), "opened");
    EXPECT_EQ(elsewhere([&] { return outcome(dir_); }), "opened");
}

TEST_F(JournalRefusal, AnotherProgramUsesTheDatabase) {
    make();
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open((dir_ + "/journal.db").c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, "BEGIN; SELECT * FROM head", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_TROUBLE(elsewhere([&] { return outcome(dir_); }), trouble_kind::locked,
                   "database is locked");
    sqlite3_close(db);
}

TEST_F(JournalRefusal, ALaterVersionWroteIt) {
    make();
    run_sql("PRAGMA user_version = 2");
    EXPECT_TROUBLE(outcome(dir_), trouble_kind::newer, "format 2, this one reads up to 1");
}

TEST_F(JournalRefusal, NotADatabase) {
    make();
    fs::remove(dir_ + "/journal.mark");
    std::ofstream(dir_ + "/journal.db") << std::string(5000, 'x');
    EXPECT_TROUBLE(outcome(dir_), trouble_kind::unusable, "not a database");
    EXPECT_EQ(fs::file_size(dir_ + "/journal.db"), 5000U);
}

TEST_F(JournalRefusal, ADatabaseOfAnotherProgram) {
    fs::create_directory(dir_);
    run_sql("CREATE TABLE journal (seq INTEGER PRIMARY KEY)");
    EXPECT_TROUBLE(outcome(dir_), trouble_kind::unusable, "of another program");
}

TEST_F(JournalRefusal, APlaceThatIsNone) {
    EXPECT_TROUBLE(outcome(dir_ + "/below"), trouble_kind::unusable, "does not exist");
    EXPECT_FALSE(fs::exists(dir_));
    std::ofstream(dir_) << "a file";
    EXPECT_TROUBLE(outcome(dir_), trouble_kind::unusable, "not a directory");
    fs::remove(dir_);
    fs::create_directories(dir_ + "/journal.db");
    EXPECT_TROUBLE(outcome(dir_), trouble_kind::unusable, "journal.db: not a file");
}

TEST_F(JournalRefusal, WhatMayNotBeWritten) {
    make();
    ASSERT_EQ(::chmod(where_.path().c_str(), 0755), 0);
    fs::permissions(dir_, fs::perms(0555));
    EXPECT_TROUBLE(elsewhere([&] {
                       be_nobody();
                       return outcome(dir_);
                   }),
                   trouble_kind::unusable, "cannot be written by user");
    EXPECT_TROUBLE(elsewhere([&] {
                       be_nobody();
                       return outcome(where_ / "new");
                   }),
                   trouble_kind::unusable, ::geteuid() == 0 ? "cannot be made" : "opened");
    fs::permissions(dir_, fs::perms(0755));
    fs::permissions(dir_ + "/journal.db", fs::perms(0400));
    if (::geteuid() != 0)
        EXPECT_TROUBLE(outcome(dir_), trouble_kind::unusable, "journal.db: Permission denied");
}

TEST_F(JournalRefusal, WhatIsSomebodyElses) {
    if (::geteuid() != 0) {
        // Nobody but root can make such a place; there is one already.
        EXPECT_TROUBLE(outcome("/etc"), trouble_kind::unusable, "cannot be written by user");
        return;
    }
    make();
    ASSERT_EQ(::chmod(where_.path().c_str(), 0755), 0);
    ASSERT_EQ(::chmod(dir_.c_str(), 0777), 0);
    const auto as_nobody = [&] {
        be_nobody();
        return outcome(dir_);
    };
    EXPECT_TROUBLE(elsewhere(as_nobody), trouble_kind::unusable,
                   "belongs to user 0, and this server runs as user 65534");
    ASSERT_EQ(::chown(dir_.c_str(), 65534, 65534), 0);
    EXPECT_TROUBLE(outcome(dir_), trouble_kind::unusable, "belongs to user 65534");
    // A volume that a group may write, as containers have it, will do.
    ASSERT_EQ(::chown(dir_.c_str(), 0, 65534), 0);
    fs::remove_all(dir_ + "/journal.db");
    fs::remove_all(dir_ + "/journal.mark");
    fs::remove_all(dir_ + "/lock");
    ASSERT_EQ(::chmod(dir_.c_str(), 02770), 0);
    EXPECT_EQ(elsewhere(as_nobody), "opened");
}

// --- No room, of the system's own

options small_snapshots() {
    options o;
    o.state = test::story_settings();
    o.snapshot_bytes = 100'000;
    return o;
}

/// Appends until that fails: the digests of what was acknowledged, with and without the last batch,
/// and the cause.
std::string fill(const std::string& dir) {
    const auto log = test::open_in(dir, small_snapshots());
    test::story life(7);
    for (int i = 0; i < 5'000; ++i) {
        const std::string durable = std::to_string(life.state().digest());
        // Of everything something, and more and more leases, so that it cannot fit for ever.
        if (!test::append(*log, i % 2 == 0 ? life.batch(40) : life.leases(20))) continue;
        log->close();
        return durable + " " + std::to_string(life.state().digest()) + " " + log->failure();
    }
    return "it goes on for ever";
}

/// The digest of what is there, which can be added to.
std::string come_back(const std::string& dir) {
    const auto log = test::open_in(dir, small_snapshots());
    const auto found = test::replay(*log, test::story_settings());
    const std::uint64_t digest = found.state->digest();
    if (!found.digests_match) return "another state";
    if (test::append(*log, {{core::instant{}, {core::raised{1, 1}}, digest}}))
        return log->failure();
    return std::to_string(digest);
}

TEST_F(JournalRefusal, AFileThatMayNotGrowEndsTheJournal) {
    for (const std::uint64_t room : {60'000U, 80'000U, 100'000U, 120'000U}) {
        SCOPED_TRACE(room);
        fs::remove_all(dir_);
        const std::string said = elsewhere([&] {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{room, room};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            return fill(dir_);
        });
        EXPECT_NE(said.find("journal.db: "), std::string::npos) << said;
        const std::string now = come_back(dir_);
        EXPECT_NE(said.find(now), std::string::npos) << now << " in: " << said;
    }
}

/// On a disk of its own. Where nobody may make one, the test before this one is all there is.
TEST_F(JournalRefusal, AFullDiskEndsTheJournal) {
    fs::create_directory(dir_);
    for (const std::uint64_t pages : {30U, 45U, 60U, 80U}) {
        SCOPED_TRACE(pages);
        const std::string size = "size=" + std::to_string(4096 * pages);
        const std::string said = elsewhere([&]() -> std::string {
            if (::unshare(CLONE_NEWNS) != 0 ||
                ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
                ::mount("none", dir_.c_str(), "tmpfs", 0, size.c_str()) != 0)
                return "no disk";
            const std::string place = dir_ + "/on-it";
            std::string text = fill(place);
            // Somebody makes room.
            if (::mount("none", dir_.c_str(), "tmpfs", MS_REMOUNT, "size=10M") != 0)
                return "no room";
            const std::string now = come_back(place);
            return text.find(now) != std::string::npos ? text : now + " is not in: " + text;
        });
        if (said == "no disk") return;
        EXPECT_NE(said.find("database or disk is full"), std::string::npos) << said;
        EXPECT_EQ(said.find("is not in"), std::string::npos) << said;
    }
}

}  // namespace
}  // namespace admit::journal
