#include "tests/simulation/duel.hpp"

#include "tests/simulation/difference.hpp"
#include "tests/support/command_line.hpp"
#include "tests/support/render.hpp"
#include "tests/support/snapshots.hpp"
#include "tests/support/states.hpp"
#include "tests/support/words.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace admit::test {
namespace {

/// Tells kinds of disagreement apart: answers, numbers, the journal, invariants.
std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

}  // namespace

bool is_call(const core::command& command) {
    return !std::holds_alternative<core::abandon>(command) &&
           !std::holds_alternative<core::expire>(command) &&
           !std::holds_alternative<core::drain>(command);
}

std::vector<std::string> to_lines(const story& beats) {
    std::vector<std::string> lines;
    std::map<core::call_id, core::call_id> acquires;
    for (const beat& b : beats) {
        if (const auto* rest = std::get_if<pause>(&b.what)) {
            lines.push_back("oversleep " + duration_text(rest->length));
        } else if (std::holds_alternative<new_process>(b.what)) {
            lines.emplace_back("restart");
        } else {
            core::command command = std::get<core::command>(b.what);
            if (std::holds_alternative<core::acquire>(command)) {
                acquires.emplace(b.call, acquires.size() + 1);
            }
            if (auto* abandon = std::get_if<core::abandon>(&command)) {
                const auto known = acquires.find(abandon->call);
                abandon->call = known == acquires.end() ? 999 : known->second;
            }
            lines.push_back(render(command));
        }
    }
    return lines;
}

duel::duel(const core::settings& settings, tally* counts)
    : settings_(settings),
      numbers_(settings),
      core_(std::make_unique<core::core>(settings)),
      digest_(core_->digest()),
      model_(settings),
      tally_(counts) {}

std::string duel::play(const beat& b) {
    last_answers_.clear();
    if (const auto* rest = std::get_if<pause>(&b.what)) {
        now_ += rest->length;
        return {};
    }
    if (std::holds_alternative<new_process>(b.what)) return play_restart();
    return play_command(std::get<core::command>(b.what), b.call);
}

std::string duel::play_command(const core::command& command, core::call_id call) {
    if (tally_ != nullptr) count(*tally_, command);
    const answers expected = model_.step(command, call, now_);
    if (auto wrong = run_core(command, call); !wrong.empty()) return wrong;
    if (auto wrong = compare_answers(expected); !wrong.empty()) return wrong;
    return compare_numbers();
}

std::string duel::run_core(const core::command& command, core::call_id call) {
    if (is_call(command)) witness_.called(call);
    core_->step(command, call, now_, effects_);
    auto wrong = absorb(effects_);
    while (wrong.empty() && effects_.more) {
        core_->resume(now_, effects_);
        wrong = absorb(effects_);
    }
    if (wrong.empty()) wrong = witness_.settled();
    return wrong;
}

std::string duel::absorb(core::effects& out) {
    auto wrong = witness_.watch(out);
    if (!wrong.empty()) return "invariant broken: " + wrong;
    const bool durable = std::ranges::any_of(out.records, core::is_durable);
    if (std::exchange(digest_, core_->digest()) != core_->digest() && !durable)
        return "digest changed without a durable record";
    for (core::record& record : out.records) {
        if (tally_ != nullptr) count(*tally_, record);
        if (core::is_durable(record)) journal_.push_back({std::move(record), now_});
    }
    for (core::reply& reply : out.replies) {
        if (tally_ != nullptr) count(*tally_, reply.answer);
        last_answers_.emplace(reply.call, std::move(reply.answer));
    }
    return {};
}

std::string duel::compare_answers(const answers& expected) {
    for (const auto& [call, wanted] : expected) {
        const auto given = last_answers_.find(call);
        if (given == last_answers_.end()) {
            return "call " + std::to_string(call) + "\nmodel: " + render(wanted) + "\ncore:  waits";
        }
        const auto wrong = difference(wanted, given->second);
        if (!wrong.empty()) return "call " + std::to_string(call) + '\n' + wrong;
    }
    for (const auto& [call, given] : last_answers_) {
        if (!expected.contains(call)) {
            return "call " + std::to_string(call) + "\nmodel: waits\ncore:  " + render(given);
        }
    }
    return {};
}

std::string duel::compare_numbers() {
    const auto core = core_->count();
    const auto model = model_.count();
    const auto differ = [](std::string_view what, auto in_model, auto in_core) {
        return "numbers: " + std::string(what) + "\nmodel: " + std::to_string(in_model) +
               "\ncore:  " + std::to_string(in_core);
    };
    if (core.pools != model.pools) return differ("pools", model.pools, core.pools);
    if (core.leases != model.leases) return differ("leases", model.leases, core.leases);
    if (core.waiters != model.waiters) return differ("waiters", model.waiters, core.waiters);
    if (core.calls != model.calls) return differ("calls", model.calls, core.calls);
    if (core.ended != model.ended) return differ("ended leases", model.ended, core.ended);
    if (core.cancelled_ids != model.cancelled_ids) {
        return differ("cancelled ids", model.cancelled_ids, core.cancelled_ids);
    }
    if (witness_.open_calls() != core.calls) {
        return differ("calls without an answer", witness_.open_calls(), core.calls);
    }
    const auto due = core_->next_deadline();
    const auto expected_due = model_.next_deadline();
    if (due == expected_due) return {};
    const auto text = [this](std::optional<core::instant> at) {
        return at ? "in " + duration_text(*at - now_) : std::string("none");
    };
    return "deadline\nmodel: " + text(expected_due) + "\ncore:  " + text(due);
}

std::unique_ptr<core::core> duel::replayed() const {
    auto fresh = std::make_unique<core::core>(settings_);
    for (const journaled& record : journal_)
        fresh->replay(record.what, record.at);
    return fresh;
}

std::string duel::compare_replay() {
    const auto again = replayed();
    const auto wrong = state_difference(core_->describe(true), again->describe(true));
    if (!wrong.empty()) return "journal gives another state\n" + wrong;
    if (again->digest() != core_->digest()) return "journal gives another digest\n";
    // Somewhere in the story; where, its own length says.
    const std::size_t cut = core_->digest() % (journal_.size() + 1);
    return snapshot_difference(settings_, journal_, cut, 1 + journal_.size() % 7);
}

std::string duel::play_restart() {
    core_ = replayed();
    // From a snapshot as well, with or without what could have been forgotten.
    if (const std::size_t n = journal_.size(); n % 2 == 0) {
        while (n % 4 == 0 && core_->forget(journal_.empty() ? now_ : journal_.back().at, 2)) {}
        core_ = restored(settings_, images_of(*core_, 1 + n % 5));
    }
    digest_ = core_->digest();
    witness_.restarted();
    numbers_.first_token = (numbers_.first_token / 1000 + 1) * 1000;
    numbers_.first_ticket = (numbers_.first_ticket / 1000 + 1) * 1000;
    model_.restart(numbers_, now_);
    core_->raise({numbers_.first_token, numbers_.first_ticket}, now_, effects_);
    auto wrong = absorb(effects_);
    if (!wrong.empty()) return wrong;
    core_->recovered(now_, effects_);
    wrong = absorb(effects_);
    while (wrong.empty() && effects_.more) {
        core_->resume(now_, effects_);
        wrong = absorb(effects_);
    }
    if (!wrong.empty()) return wrong;
    // The journal does not say what was forgotten; the first look at the deadlines does it again.
    const core::call_id call = next_own_call_++;
    model_.step(core::expire{}, call, now_);
    wrong = run_core(core::expire{}, call);
    return wrong.empty() ? compare_numbers() : wrong;
}

std::string play(const core::settings& settings, const story& beats) {
    duel d(settings);
    for (const beat& b : beats) {
        auto wrong = d.play(b);
        if (!wrong.empty()) return wrong;
    }
    return d.compare_replay();
}

story shrink(const core::settings& settings, story beats) {
    const std::string kind = first_word(play(settings, beats));
    // Halves first, then less and less.
    for (std::size_t piece = beats.size() / 2; piece > 0;) {
        bool shorter = false;
        for (std::size_t at = 0; at < beats.size();) {
            const auto from = beats.begin() + static_cast<std::ptrdiff_t>(at);
            const auto to =
                beats.begin() + static_cast<std::ptrdiff_t>(std::min(at + piece, beats.size()));
            story rest(beats.begin(), from);
            rest.insert(rest.end(), to, beats.end());
            if (first_word(play(settings, rest)) == kind) {
                beats = std::move(rest);
                shorter = true;
            } else {
                at += piece;
            }
        }
        if (!shorter || piece > 1) piece /= 2;
    }
    return beats;
}

}  // namespace admit::test
