#include "tests/engine/hand_journal.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace admit::engine::test {

using admit::journal::append_result;

append_result hand_journal::append(std::span<const admit::journal::frame> batch,
                                   const admit::journal::append_done& on_done) {
    EXPECT_FALSE(outstanding()) << "two appends at a time";
    EXPECT_FALSE(failed_) << "an append after an error";
    EXPECT_FALSE(closed);
    if (batch.empty() && barriers_at_once) return append_result::durable;
    appends.push_back(batch.size());
    if (at_once) {
        kept.insert(kept.end(), batch.begin(), batch.end());
        return append_result::durable;
    }
    batch_ = batch;
    done_ = on_done;
    return append_result::pending;
}

void hand_journal::end(std::error_code error) {
    ASSERT_TRUE(outstanding());
    if (error)
        failed_ = true;
    else
        kept.insert(kept.end(), batch_.begin(), batch_.end());
    const auto done = *std::exchange(done_, std::nullopt);
    done(error);
}

void hand_journal::let_go() {
    at_once = barriers_at_once = true;
    if (outstanding()) complete();
}

admit::journal::former_life hand_journal::replay(const admit::journal::replay_visitor& v) {
    for (const core::image& i : images)
        v.restore(i);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (v.progress) v.progress(static_cast<double>(i) / static_cast<double>(kept.size()));
        if (during_replay && i + 1 == kept.size()) during_replay();
        v.visit(kept[i]);
    }
    life.any = !kept.empty() || !images.empty();
    return life;
}

}  // namespace admit::engine::test
