// Where the state lies: the default directory, the key of the handles, the room on the disk.
#include "server/config/disk_watch.hpp"
#include "server/config/handle_key.hpp"
#include "server/config/state_place.hpp"
#include "tests/config/bare_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

namespace admit::config::test {
namespace {

using testing::HasSubstr;

TEST(DefaultDirectory, IsWhereXdgSays) {
    EXPECT_EQ(default_directory("/state", "/home/me"), "/state/admit");
    EXPECT_EQ(default_directory(nullptr, "/home/me"), "/home/me/.local/state/admit");
    EXPECT_EQ(default_directory("", "/home/me"), "/home/me/.local/state/admit");
    EXPECT_EQ(default_directory("relative", "/home/me"), "/home/me/.local/state/admit");
    EXPECT_EQ(default_directory(nullptr, nullptr), "");
    EXPECT_EQ(default_directory(nullptr, "relative"), "");
}

TEST(Status, OfEachTrouble) {
    using enum journal::trouble_kind;
    for (const auto kind : {damaged, newer, unusable})
        EXPECT_EQ(status_of(kind), 78);
    EXPECT_EQ(status_of(locked), 75);
    EXPECT_EQ(status_of(failed), 70);
}

class HandleKey : public testing::Test {
protected:
    HandleKey() {
        std::string pattern = testing::TempDir() + "admit-key-XXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        file_ = directory_ + "/handle.key";
        for (std::size_t i = 0; i < key_.size(); ++i)
            key_[i] = static_cast<unsigned char>(i * 7);
    }
    ~HandleKey() override { std::filesystem::remove_all(directory_); }

    /// What is wrong; empty where nothing is.
    std::string fault() const {
        const auto found = read_handle_key(directory_);
        const auto* wrong = std::get_if<error>(&found);
        return wrong != nullptr ? wrong->text : std::string();
    }

    std::string directory_;
    std::string file_;
    http::secret_key key_{};
};

TEST_F(HandleKey, IsReadAsItWasWritten) {
    const auto none = read_handle_key(directory_);
    EXPECT_FALSE(std::get<std::optional<http::secret_key>>(none));
    EXPECT_FALSE(write_handle_key(directory_, key_));
    const auto found = read_handle_key(directory_);
    EXPECT_EQ(std::get<std::optional<http::secret_key>>(found), key_);
    struct stat what {};
    ASSERT_EQ(::stat(file_.c_str(), &what), 0);
    EXPECT_EQ(what.st_mode & 07777, 0600U);
    EXPECT_FALSE(std::filesystem::exists(file_ + ".new"));
}

TEST_F(HandleKey, IsNeverWrittenOver) {
    ASSERT_FALSE(write_handle_key(directory_, key_));
    EXPECT_THAT(write_handle_key(directory_, http::secret_key{}).value().text, HasSubstr(file_));
    const auto found = read_handle_key(directory_);
    EXPECT_EQ(std::get<std::optional<http::secret_key>>(found), key_);
}

TEST_F(HandleKey, WhatACrashHasLeftIsInNobodysWay) {
    std::ofstream(file_ + ".new") << "half a";
    EXPECT_EQ(fault(), "");
    EXPECT_FALSE(write_handle_key(directory_, key_));
    EXPECT_EQ(fault(), "");
}

TEST_F(HandleKey, IsNothingElseThanWhatWasWritten) {
    ASSERT_FALSE(write_handle_key(directory_, key_));
    ASSERT_EQ(::chmod(file_.c_str(), 0604), 0);
    EXPECT_THAT(fault(), HasSubstr("others"));
    ASSERT_EQ(::chmod(file_.c_str(), 0600), 0);
    std::filesystem::resize_file(file_, 33);
    EXPECT_THAT(fault(), HasSubstr("33 bytes instead of 32"));
    std::filesystem::remove(file_);
    std::filesystem::create_directory(file_);
    EXPECT_THAT(fault(), HasSubstr("not a regular file"));
    std::filesystem::remove(file_);
    ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
    EXPECT_THAT(fault(), HasSubstr("not a regular file"));
    std::filesystem::remove(file_);
    std::filesystem::create_symlink("/dev/null", file_);
    EXPECT_THAT(fault(), HasSubstr("cannot read " + file_));
}

TEST_F(HandleKey, OfARestoreIsNewUntilThatHasEnded) {
    const auto is_new = [&] { return std::get<bool>(settle_handle_key(directory_)); };
    EXPECT_TRUE(is_new());
    const auto first = read_handle_key(directory_);
    // The attempt was killed; the repeat keeps the key, and knows whose it is.
    EXPECT_TRUE(is_new());
    EXPECT_EQ(std::get<0>(read_handle_key(directory_)), std::get<0>(first));
    // Killed between the two files.
    std::filesystem::remove(file_);
    EXPECT_TRUE(is_new());
    EXPECT_NE(std::get<0>(read_handle_key(directory_)), std::get<0>(first));
    // Somebody has put the old one into its place.
    std::filesystem::remove(file_);
    ASSERT_FALSE(write_handle_key(directory_, key_));
    EXPECT_FALSE(is_new());
    std::filesystem::remove(file_);
    EXPECT_TRUE(is_new());
    forget_new_handle_key(directory_);
    EXPECT_FALSE(is_new());
    EXPECT_EQ(fault(), "");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1);
}

TEST_F(HandleKey, TellsWhyItCannotBeWritten) {
    EXPECT_THAT(write_handle_key(directory_ + "/none", key_).value().text,
                HasSubstr("cannot write " + directory_ + "/none/handle.key.new: No such file"));
}

TEST(FreeBytes, AreWhatTheSystemSays) {
    EXPECT_GT(free_bytes(testing::TempDir()).value(), 0U);
    EXPECT_FALSE(free_bytes("/no such directory"));
}

TEST(Low, IsLowUntilThereIsAnEighthMore) {
    EXPECT_FALSE(is_low(false, 800, 800));
    EXPECT_TRUE(is_low(false, 799, 800));
    EXPECT_TRUE(is_low(true, 899, 800));
    EXPECT_FALSE(is_low(true, 900, 800));
}

/// A disk whose room the test says, and a real engine.
class DiskWatch : public testing::Test, protected bare_engine {
protected:
    errc acquire() {
        core::acquire wanted;
        wanted.pool = "default";
        wanted.worker = "w";
        wanted.request_id = "r" + std::to_string(++acquires_);
        const auto answer = ask(wanted);
        const auto* const refused = std::get_if<problem>(&answer);
        return refused != nullptr ? refused->code : errc::internal;
    }
    void until_looked_again() {
        for (const int before = looks_; looks_ == before;)
            home.context().run_one();
    }

    std::optional<std::uint64_t> free_ = 1'000;
    int looks_ = 0;
    int acquires_ = 0;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> out_{std::tmpfile(), &std::fclose};
    telemetry::log log_{{.out = out_.get()}};
    disk_watch disk_{"/data", 800, running, home, log_, [this](const std::string& directory) {
                         EXPECT_EQ(directory, "/data");
                         ++looks_;
                         return free_;
                     }};
};

TEST_F(DiskWatch, RefusesWhileThereIsLittleRoom) {
    disk_.start();
    EXPECT_EQ(looks_, 1) << "at once";
    EXPECT_EQ(disk_.free(), 1'000U);
    EXPECT_TRUE(running.ready());
    free_ = 700;
    until_looked_again();
    EXPECT_FALSE(running.ready());
    EXPECT_EQ(acquire(), errc::overloaded);
    free_ = std::nullopt;  // what cannot be seen changes nothing
    until_looked_again();
    EXPECT_EQ(acquire(), errc::overloaded);
    free_ = 900;
    until_looked_again();
    EXPECT_TRUE(running.ready());
    EXPECT_EQ(acquire(), errc::internal) << "which is to say none: it was admitted";
    disk_.stop();
}

TEST(FileSystem, KnowsWhatDoesNotLast) {
    EXPECT_EQ(file_system_of(0x01021994), file_system::memory) << "tmpfs";
    EXPECT_EQ(file_system_of(0x6969), file_system::network) << "NFS";
    EXPECT_EQ(file_system_of(0xFF534D42), file_system::network) << "CIFS";
    EXPECT_EQ(file_system_of(static_cast<int>(0xFF534D42)), file_system::network)
        << "where the kernel's number is a signed one";
    EXPECT_EQ(file_system_of(0xEF53), file_system::local) << "ext4";
    EXPECT_EQ(file_system_of(0x794C7630), file_system::local) << "overlayfs";
    EXPECT_EQ(file_system_at("/no/such/place"), file_system::local);
}

}  // namespace
}  // namespace admit::config::test
