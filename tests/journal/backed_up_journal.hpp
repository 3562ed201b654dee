// A journal that was written, and a backup of it.
#pragma once

#include "tests/journal/backups.hpp"
#include "tests/journal/keeper.hpp"
#include "tests/journal/scratch.hpp"
#include "tests/journal/story.hpp"

#include <gtest/gtest.h>

#include <string>

namespace admit::journal::test {

class backed_up_journal : public testing::Test {
protected:
    /// With a snapshot and rows after it.
    void SetUp() override {
        const auto log = open_in(dir_, options_);
        for (int i = 0; i < 40; ++i)
            ASSERT_FALSE(append(*log, life_.batch(20)));
        ASSERT_TRUE(wait_for_rest(*log));
        ASSERT_GT(log->figures().snapshots, 0U);
        ASSERT_FALSE(append(*log, life_.batch(20)));
        back_up_to(*log, file_);
        bytes_ = read_file(file_);
    }

    scratch where_;
    const std::string dir_ = where_ / "data";
    const std::string file_ = where_ / "backup";
    options options_ = [] {
        options o;
        o.state = story_settings();
        o.snapshot_bytes = 20'000;
        o.boot_id = "one";
        return o;
    }();
    story life_{47};
    std::string bytes_;
};

}  // namespace admit::journal::test
