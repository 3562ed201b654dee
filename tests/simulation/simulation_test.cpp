// The randomized run: core and model side by side, a new small story again and again.
// run_settings.hpp says how to choose its seed and its length.
#include "tests/simulation/generator.hpp"
#include "tests/simulation/run_settings.hpp"

#include <gtest/gtest.h>

#include <iostream>

namespace admit::test {
namespace {

constexpr std::size_t lines_shown = 40;

std::string report(const core::settings& settings, const story& whole, const std::string& wrong) {
    const story needed = shrink(settings, whole);
    const std::vector<std::string> lines = to_lines(needed);
    std::string text =
        wrong + "\n\nAfter shrinking, " + std::to_string(lines.size()) +
        " lines for a transcript:\nsettings first_token=" + std::to_string(settings.first_token) +
        " first_ticket=" + std::to_string(settings.first_ticket) +
        " remember=" + std::to_string(settings.remember_ms) + "ms" +
        " ended_max=" + std::to_string(settings.ended_max) +
        " slice=" + std::to_string(settings.slice_records) + '\n';
    const std::size_t from = lines.size() > lines_shown ? lines.size() - lines_shown : 0;
    for (std::size_t i = from; i < lines.size(); ++i)
        text += lines[i] + '\n';
    return text + play(settings, needed);
}

/// One story. Adds its commands to `steps`; what went wrong, if anything did.
std::string tell_story(dice& random, tally& counts, std::int64_t& steps) {
    const core::settings settings = random_settings(random);
    duel d(settings, &counts);
    generator make(random, d.model());
    story told;
    const std::int64_t length = random.between(60, 240);
    const std::int64_t look_back = random.between(1, length);
    for (std::int64_t commands = 0; commands < length;) {
        const beat b = make.next(d.now());
        told.push_back(b);
        if (std::holds_alternative<core::command>(b.what)) {
            ++commands;
            ++steps;
        }
        std::string wrong = d.play(b);
        if (wrong.empty() && (commands == look_back || commands == length)) {
            wrong = d.compare_replay();
        }
        if (!wrong.empty()) {
            return "step " + std::to_string(commands) +
                   " of the story: " + report(settings, told, wrong);
        }
        make.heard(b, d.last_answers());
    }
    return {};
}

TEST(Simulation, core_and_model_agree) {
    const std::uint64_t seed = seed_of_run();
    const std::int64_t steps_wanted = steps_of_run();
    std::cout << "ADMIT_SEED=" << seed << " ADMIT_STEPS=" << steps_wanted << std::endl;
    dice random(seed);
    tally counts = core_tally();
    std::int64_t steps = 0;
    std::int64_t stories = 0;
    while (steps < steps_wanted) {
        const std::string wrong = tell_story(random, counts, steps);
        ASSERT_TRUE(wrong.empty()) << "ADMIT_SEED=" << seed << ", story " << stories << ", step "
                                   << steps << " of the run\n"
                                   << wrong;
        ++stories;
    }
    std::cout << steps << " steps in " << stories << " stories\n";
    counts.print(std::cout);
    // A short run by hand need not meet everything.
    if (steps < 100'000) return;
    for (const std::string& rare : counts.rare())
        ADD_FAILURE() << "too rare: " << rare;
}

}  // namespace
}  // namespace admit::test
