#include "tests/engine/shadow.hpp"

#include "tests/journal/record_text.hpp"

#include <gtest/gtest.h>

#include <variant>

namespace admit::engine::test {
namespace {

core::settings settings(const rig_options& o) {
    core::settings s;
    s.slice_records = o.slice_records;
    return s;
}

}  // namespace

shadowed::shadowed(rig_options o) : actual(o), core_(settings(o)) {
    core_.recovered(core::instant{}, effects_);
    take();
    step(pool("db", 1), 1);  // as the rig does
}

core::call_id shadowed::submit(const core::command& what, std::size_t home) {
    ++submitted_;
    const submission s = actual.submit(what, home);
    if (!actual.failures.empty()) return s.call;  // nothing is decided any more
    step(what, s.call);
    EXPECT_EQ(s.decided, decided_.contains(s.call));
    const bool may_be_told = s.decided && decided_[s.call] <= actual.log.kept.size();
    EXPECT_TRUE(may_be_told || !s.answer);
    if (actual.log.barriers_at_once) { EXPECT_EQ(s.answer.has_value(), may_be_told); }
    return s.call;
}

void shadowed::abandon(core::call_id call, admit::token granted) {
    actual.server->abandon(call, granted);
    step(core::abandon{call, granted}, 0);
}

void shadowed::step(const core::command& what, core::call_id call) {
    core_.step(what, call, core::instant{}, effects_);
    take();
    actual.turn();
    while (effects_.more) {
        core_.resume(core::instant{}, effects_);
        take();
    }
}

void shadowed::take() {
    journal::frame f;
    for (core::record& r : effects_.records) {
        if (const auto* g = std::get_if<core::granted>(&r)) {
            granted_.push_back(g->token);
            live_.insert(g->token);
        } else if (const auto* e = std::get_if<core::ended>(&r)) {
            live_.erase(e->token);
        }
        if (core::is_durable(r)) f.records.push_back(r);
    }
    f.digest = core_.digest();
    if (!f.records.empty()) frames_.push_back(journal::test::text(f));
    for (core::reply& r : effects_.replies) {
        decided_[r.call] = frames_.size();
        answers_.insert_or_assign(r.call, std::move(r.answer));
    }
}

void shadowed::check() {
    actual.turn();
    const std::size_t durable = actual.log.kept.size();
    ASSERT_LE(durable, frames_.size());
    for (; compared_ < durable; ++compared_)
        ASSERT_EQ(journal::test::text(actual.log.kept[compared_]), frames_[compared_]);
    for (const auto& [call, needs] : decided_)
        ASSERT_EQ(actual.heard.has(call), needs <= durable) << "call " << call;
    for (const auto& [call, answer] : actual.heard.got) {
        ASSERT_TRUE(decided_.contains(call)) << "call " << call;
        ASSERT_EQ(answer.index(), answers_.at(call).index()) << "call " << call;
        if (const auto* lease = std::get_if<acquired>(&answer)) {
            ASSERT_EQ(lease->token, std::get<acquired>(answers_.at(call)).token);
        }
    }
}

}  // namespace admit::engine::test
