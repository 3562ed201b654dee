// The randomized run with tiny slices, other commands in between, and processes that end there.
// What comes out then depends on who comes when, so no model knows it; what must always hold is
// watched.
#include "tests/simulation/generator.hpp"
#include "tests/simulation/run_settings.hpp"
#include "tests/support/states.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>

namespace admit::test {
namespace {

class mingled_story {
public:
    explicit mingled_story(dice& random)
        : random_(random),
          settings_(small_slices(random)),
          guess_(settings_),
          make_(random, guess_) {
        core_ = std::make_unique<core::core>(settings_);
        digest_ = core_->digest();
    }

    /// Plays so many commands; what went wrong, if anything did.
    std::string play(std::int64_t commands) {
        std::string wrong;
        for (std::int64_t i = 0; i < commands && wrong.empty(); ++i)
            wrong = play_one();
        while (wrong.empty() && effects_.more)
            wrong = resume();
        return wrong.empty() ? at_rest() : wrong;
    }
    std::int64_t mingled() const { return mingled_; }

private:
    static core::settings small_slices(dice& random) {
        core::settings s = random_settings(random);
        s.slice_records = 1 + random.below(3);
        s.turn_records = random.below(3);
        return s;
    }

    std::string play_one() {
        const beat b = make_.next(now_);
        answers_.clear();
        std::string wrong;
        if (const auto* rest = std::get_if<pause>(&b.what)) {
            now_ += rest->length;
        } else if (std::holds_alternative<new_process>(b.what)) {
            wrong = restart();
        } else {
            wrong = step(std::get<core::command>(b.what), b.call);
        }
        // The model only guesses what there might be, for the next command to be of interest.
        if (const auto* command = std::get_if<core::command>(&b.what)) {
            guess_.step(*command, b.call, now_);
        }
        make_.heard(b, answers_);
        while (wrong.empty() && effects_.more && random_.percent(50))
            wrong = resume();
        return wrong;
    }

    std::string step(const core::command& command, core::call_id call) {
        if (effects_.more) ++mingled_;
        if (is_call(command)) witness_.called(call);
        core_->step(command, call, now_, effects_);
        return absorb();
    }
    std::string resume() {
        core_->resume(now_, effects_);
        return absorb();
    }
    std::string absorb() {
        std::string wrong = witness_.watch(effects_);
        const bool durable = std::ranges::any_of(effects_.records, core::is_durable);
        if (std::exchange(digest_, core_->digest()) != core_->digest() && !durable)
            wrong += "the digest changed without a durable record";
        for (const core::record& record : effects_.records) {
            if (core::is_durable(record)) journal_.push_back({record, now_});
        }
        for (const core::reply& reply : effects_.replies) {
            answers_.emplace(reply.call, reply.answer);
        }
        return wrong;
    }

    std::unique_ptr<core::core> replayed() const {
        auto fresh = std::make_unique<core::core>(settings_);
        for (const journaled& record : journal_)
            fresh->replay(record.what, record.at);
        return fresh;
    }
    std::string restart() {
        settings_.first_token = (settings_.first_token / 1000 + 1) * 1000;
        settings_.first_ticket = (settings_.first_ticket / 1000 + 1) * 1000;
        core_ = replayed();
        digest_ = core_->digest();
        guess_.restart(settings_, now_);
        witness_.restarted();
        core_->recovered(now_, effects_);
        return absorb();
    }

    /// After everything has run to its end.
    std::string at_rest() const {
        if (witness_.open_calls() != core_->count().calls) return "a call was lost";
        const std::string wrong = witness_.settled();
        if (!wrong.empty()) return wrong;
        const auto again = replayed();
        if (again->digest() != core_->digest()) return "the journal gives another digest";
        return state_difference(core_->describe(true), again->describe(true));
    }

    dice& random_;
    core::settings settings_;
    model guess_;
    generator make_;
    witness witness_;
    std::unique_ptr<core::core> core_;
    std::uint64_t digest_ = 0;
    core::effects effects_;
    answers answers_;
    std::vector<journaled> journal_;
    core::instant now_{};
    std::int64_t mingled_ = 0;
};

TEST(Simulation, what_must_hold_holds_between_slices) {
    const std::uint64_t seed = seed_of_run();
    std::cout << "ADMIT_SEED=" << seed << std::endl;
    dice random(seed);
    std::int64_t mingled = 0;
    constexpr std::int64_t length = 120;
    for (std::int64_t steps = 0; steps < steps_of_run() / 4; steps += length) {
        mingled_story story(random);
        const std::string wrong = story.play(length);
        ASSERT_EQ(wrong, "") << "ADMIT_SEED=" << seed << ", story " << steps / length;
        mingled += story.mingled();
    }
    std::cout << mingled << " commands came between slices\n";
    EXPECT_GT(mingled, steps_of_run() / 1'000);
}

}  // namespace
}  // namespace admit::test
