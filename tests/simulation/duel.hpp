// A core and the model, side by side through the same story; the first disagreement ends it.
#pragma once

#include "tests/simulation/model.hpp"
#include "tests/simulation/tally.hpp"
#include "tests/simulation/witness.hpp"
#include "tests/support/world.hpp"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace admit::test {

/// Time passes, and nobody looks at the deadlines.
struct pause {
    core::duration length;
};
/// The process ends; the next one has the journal.
struct new_process {};

/// One line of a story. The call number stays with its command when others are taken out.
struct beat {
    std::variant<core::command, pause, new_process> what;
    core::call_id call = 0;
};
using story = std::vector<beat>;

/// Background commands have no answer.
bool is_call(const core::command&);

/// As lines for a transcript, with calls numbered as a transcript numbers them.
std::vector<std::string> to_lines(const story&);

class duel {
public:
    explicit duel(const core::settings&, tally* = nullptr);

    /// Empty while core and model agree, else what they disagree about.
    std::string play(const beat&);
    /// Whether the journal gives the state that the core is in.
    std::string compare_replay();

    const admit::test::model& model() const { return model_; }
    core::instant now() const { return now_; }
    /// What the last beat answered.
    const answers& last_answers() const { return last_answers_; }

private:
    std::string play_command(const core::command&, core::call_id);
    std::string play_restart();
    std::string run_core(const core::command&, core::call_id);
    std::string absorb(core::effects&);
    std::string compare_answers(const answers& expected);
    std::string compare_numbers();
    std::unique_ptr<core::core> replayed() const;

    const core::settings settings_;
    core::settings numbers_;  ///< where the tokens and tickets of the process that lives began
    std::unique_ptr<core::core> core_;
    std::uint64_t digest_;
    admit::test::model model_;
    witness witness_;
    tally* tally_;
    core::instant now_{};
    core::call_id next_own_call_ = 1'000'000'000;
    core::effects effects_;
    answers last_answers_;
    std::vector<journaled> journal_;
};

/// Plays a whole story; what went wrong, if anything did.
std::string play(const core::settings&, const story&);

/// The story without what is not needed for it to go wrong in the same way.
story shrink(const core::settings&, story);

}  // namespace admit::test
