// What cannot be opened, and what is said of it.
#include "tests/journal/keeper.hpp"
#include "tests/journal/scratch.hpp"
#include "tests/journal/story.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
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

/// In a process whose files may not grow any more: appends until that fails, and what is there
/// then.
TEST_F(JournalRefusal, NoRoomEndsTheJournal) {
    for (const std::uint64_t room : {60'000U, 90'000U, 150'000U, 400'000U}) {
        SCOPED_TRACE(room);
        fs::remove_all(dir_);
        options o;
        o.state = test::story_settings();
        o.snapshot_bytes = 100'000;
        const std::string said = elsewhere([&] {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{room, room};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            const auto log = test::open_in(dir_, o);
            test::story life(7);
            std::uint64_t before = life.state().digest();
            for (int i = 0; i < 100'000; ++i) {
                const std::uint64_t durable = life.state().digest();
                before = durable;
                const auto batch = life.batch(40);
                if (test::append(*log, batch)) {
                    log->close();
                    return std::to_string(durable) + " " + std::to_string(life.state().digest()) +
                           " " + log->failure();
                }
            }
            return std::string("it goes on for ever ") + std::to_string(before);
        });
        EXPECT_NE(said.find("journal.db"), std::string::npos) << said;
        const auto log = test::open_in(dir_, o);
        const auto found = test::replay(*log, o.state);
        EXPECT_TRUE(found.digests_match);
        const std::string digest = std::to_string(found.state->digest());
        EXPECT_NE(said.find(digest), std::string::npos) << digest << " in: " << said;
        // There is room again.
        EXPECT_FALSE(
            test::append(*log, {{core::instant{}, {core::raised{1, 1}}, found.state->digest()}}));
    }
}

}  // namespace
}  // namespace admit::journal
