// A core under virtual time, driven the way the engine drives it: every step is resumed to its end,
// time jumps from deadline to deadline, durable records are kept as a journal would keep them.
#pragma once

#include "server/core/core.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace admit::test {

/// A durable record with the instant at which it was decided.
struct journaled {
    core::record what;
    core::instant at;
};

class world {
public:
    /// Small memory, first token and first ticket 1 unless told.
    explicit world(core::settings = {});

    /// What one command brought about, all slices of it together.
    struct outcome {
        core::call_id call = 0;
        core::effects effects;
        int slices = 1;
    };
    const outcome& run(const core::command&);
    /// A line of the language of command_line.hpp. An acquire without an id gets "server-<call>".
    /// Acquires are calls 1, 2, 3, …; whatever else is called has numbers from a million up.
    const outcome& run(std::string_view line);
    /// The answer to the line's own call. Throws `std::logic_error` while there is none.
    admit::answer ask(std::string_view line);
    /// The call, for a line that has to wait. Throws `std::logic_error` where it is answered.
    core::call_id park(std::string_view line);

    /// The answer that a call has got, if any: by a later step too.
    const admit::answer* answer_to(core::call_id) const;

    /// Jumps to each deadline on the way and runs `expire` there. Everything that came out.
    const outcome& advance(core::duration);
    const outcome& advance(std::string_view duration);
    /// Time passes and nobody notices: the next `expire` comes late.
    void oversleep(core::duration d) { now_ += d; }

    /// A new process: a core from the journal alone. Calls end with the old one. Its tokens and
    /// tickets go on at the next multiple of a thousand, as the engine's do at one of 2^32.
    const outcome& restart();
    /// The journal's core as it is before `recovered`.
    std::unique_ptr<core::core> replayed() const;

    core::instant now() const noexcept { return now_; }
    core::core& core() noexcept { return *core_; }
    const core::core& core() const noexcept { return *core_; }
    const std::vector<journaled>& journal() const noexcept { return journal_; }
    std::string describe(bool durable_only = false) const { return core_->describe(durable_only); }

private:
    void absorb(core::effects&);
    core::call_id number(const core::command&);
    void step(const core::command&, core::call_id);
    void finish_slices();

    core::settings settings_;
    std::unique_ptr<core::core> core_;
    core::raised raised_;
    core::instant now_{};
    core::call_id next_acquire_ = 1;
    core::call_id next_other_ = 1'000'000;
    std::vector<journaled> journal_;
    std::map<core::call_id, admit::answer> answers_;
    core::effects scratch_;
    outcome last_;
};

}  // namespace admit::test
