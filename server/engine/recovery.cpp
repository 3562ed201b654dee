// From a journal to an engine that admits.
#include "server/engine/impl.hpp"

#include "proto/limits.hpp"
#include "server/core/check.hpp"
#include "server/journal/trouble.hpp"

#include <algorithm>
#include <string>

namespace admit::engine {
namespace {

/// Thrown through the journal's replay, to end it.
struct interrupted {};

/// A process goes on at the next multiple of this: more than any can give, and so above every
/// number that was decided and did not become durable.
constexpr std::uint64_t numbers_of_a_process = std::uint64_t{1} << 32;

/// Where records that were told are missing: above all that processes without a trace may have
/// given, a thousand of them.
constexpr std::uint64_t numbers_lost = std::uint64_t{1} << 42;

std::uint64_t next_process(std::uint64_t number) {
    return (number / numbers_of_a_process + 1) * numbers_of_a_process;
}

core::raised raised_by(core::raised now, const journal::former_life& life, admit::token new_token) {
    if (!life.any) return {std::max(now.next_token, new_token), now.next_ticket};
    const admit::token newest = std::max(now.next_token, life.newest_token);
    core::raised to{next_process(newest), next_process(now.next_ticket)};
    if (life.lost_records) {
        to.next_token += numbers_lost;
        to.next_ticket += numbers_lost;
    }
    if (to.next_token > limits::token_max)
        throw journal::refusal(
            {journal::trouble_kind::unusable, "the tokens that JSON can carry are used up"});
    return to;
}

/// Builds a core from what a journal hands over.
class rebuilding {
public:
    rebuilding(core::core& state, std::atomic<double>& progress, const std::atomic<bool>& stop)
        : state_(state), progress_(progress), stop_(stop) {}

    journal::former_life replay(journal::journal& log) {
        return log.replay({
            .restore = [this](const core::image& i) { restore(i); },
            .visit = [this](const journal::frame& f) { visit(f); },
            .progress = [this](double part) { progress_ = part; },
        });
    }

    core::instant newest{};
    recovery found;

private:
    void restore(const core::image& i) {
        check_stop();
        if (const auto* counters = std::get_if<core::counters_image>(&i))
            newest = std::max(newest, counters->at);
        state_.restore(i);
        ++found.images;
    }

    void visit(const journal::frame& f) {
        check_stop();
        newest = std::max(newest, f.at);
        for (const core::record& r : f.records)
            state_.replay(r, f.at);
        ++found.frames;
        if (state_.digest() != f.digest)
            throw journal::refusal(
                {journal::trouble_kind::damaged,
                 "frame " + std::to_string(found.frames) + " of the replay (" +
                     (f.records.empty()
                          ? "empty"
                          : "it ends with '" + std::string(core::name(f.records.back())) + "'") +
                     ") of the journal leads to another state than the one that was written"});
    }

    void check_stop() const {
        if (stop_) throw interrupted{};
    }

    core::core& state_;
    std::atomic<double>& progress_;
    const std::atomic<bool>& stop_;
};

}  // namespace

std::optional<recovery> engine::impl::recover() {
    const alarm_maker make = conf.make_alarm ? conf.make_alarm : asio_alarms(clock);
    {
        const std::lock_guard lock(mutex);
        ADMIT_CHECK(now_at == phase::idle, "an engine recovers once");
        if (closed()) return std::nullopt;
        now_at = phase::recovering;
    }
    /// Whoever stops the engine waits until its state is nobody's any more.
    const auto over = [this](phase next) {
        const std::lock_guard lock(mutex);
        now_at = next;
        quiet.notify_all();
    };

    rebuilding from(state, progress, stopping);
    core::raised numbers;
    try {
        from.found.life = from.replay(log);
        numbers = raised_by(state.next_numbers(), from.found.life, conf.new_token);
    } catch (const interrupted&) {
        over(phase::idle);
        return std::nullopt;
    } catch (...) {
        over(phase::idle);
        throw;
    }

    departure leaving;
    std::unique_lock lock(mutex);
    now_at = phase::recovered;
    quiet.notify_all();
    if (closed()) return std::nullopt;
    start_hearts(make);
    leases.start(clock.now(), from.newest);
    timer = make(*loops.front(), [this] { alarm_rang(); });
    if (keeps) {
        state.raise(numbers, leases.now(), effects);
        settle(leaving);
    }
    // Pools are configured before the first is admitted.
    state.close_lines();
    state.recovered(leases.now(), effects);
    settle(leaving);
    if (draining) {
        state.step(core::drain{}, 0, leases.now(), effects);
        settle(leaving);
    }
    if (from.found.life.forgot_moments && from.found.life.longest_ttl_ms > 0) {
        from.found.quarantine = core::from_ms(from.found.life.longest_ttl_ms);
        quarantine = leases.now() + from.found.quarantine;
        restored = from.found.life.restored;
        refusing = true;
    }
    from.found.counts = state.count();
    quiet.wait(lock, [this] { return failed || stopping || commit.idle(); });
    const bool sound = !closed();
    lock.unlock();
    leaving.answers.deliver();
    return sound ? std::optional(from.found) : std::nullopt;
}

void engine::impl::open() {
    departure leaving;
    {
        const std::lock_guard lock(mutex);
        ADMIT_CHECK(now_at == phase::recovered, "an engine opens once, when it has recovered");
        now_at = phase::open;
        if (closed()) return;
        if (quarantine) {
            set_timer();
        } else {
            state.open_lines(advance(), effects);
            settle(leaving);
        }
    }
    leaving.answers.deliver();
}

void engine::impl::end_quarantine(core::instant at, departure& leaving) {
    if (!quarantine || at < *quarantine) return;
    quarantine.reset();
    refusing = !no_room.empty();
    if (now_at != phase::open) return;
    state.open_lines(at, effects);
    settle(leaving);
}

}  // namespace admit::engine
