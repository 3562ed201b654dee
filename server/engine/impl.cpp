// What happens to the effects of a step: the order of their duties, for every path that has some.
#include "server/engine/impl.hpp"

#include <boost/asio/post.hpp>

#include <cassert>
#include <utility>

namespace admit::engine {
engine::impl::impl(options&& o, journal::journal& j, monotonic_clock& c, std::span<loop* const> l)
    : conf(std::move(o)),
      log(j),
      clock(c),
      loops(l.begin(), l.end()),
      keeps(j.keeps()),
      state(conf.core),
      commit(j, [this](std::error_code error) { append_ended(error); }),
      passes(loops, [this] { pass_over(); }) {
    assert(!loops.empty());
}

submission engine::impl::submit(const core::command& what, origin own) {
    departure leaving;
    submission result;
    {
        const std::lock_guard lock(mutex);
        result.call = ++last_call;
        if (auto refused = refusal(what)) {
            result.decided = true;
            result.answer = std::move(*refused);
            return result;
        }
        state.step(what, result.call, advance(), effects);
        settle(leaving, &own, &result);
    }
    leaving.answers.deliver();
    return result;
}

void engine::impl::command(const core::command& what) {
    departure leaving;
    {
        const std::lock_guard lock(mutex);
        if (!alive()) return;
        state.step(what, 0, advance(), effects);
        settle(leaving);
    }
    leaving.answers.deliver();
}

void engine::impl::resume() {
    departure leaving;
    {
        const std::lock_guard lock(mutex);
        resume_posted = false;
        if (closed()) return;
        state.resume(advance(), effects);
        settle(leaving);
    }
    leaving.answers.deliver();
}

void engine::impl::settle(departure& leaving, const origin* own, submission* result) {
    if (conf.watch != nullptr && !effects.events.empty()) conf.watch->happened(effects.events);
    if (keeps) journal_records();
    const bool durable = commit.pump(!effects.replies.empty(), leases.monotonic(), leaving.over);
    release(leaving);

    for (core::reply& r : effects.replies) {
        origin to;
        if (own != nullptr && r.call == result->call) {
            result->decided = true;
            if (durable) {
                result->answer = std::move(r.answer);
                continue;
            }
            to = *own;
        } else {
            const auto found = waiting.find(r.call);
            assert(found != waiting.end());
            to = found->second;
            waiting.erase(found);
        }
        loop::completion told{to.to, r.call, std::move(r.answer)};
        if (durable)
            leaving.answers.add(*to.home, std::move(told));
        else
            commit.hold({to.home, std::move(told)});
    }
    if (own != nullptr && !result->decided) waiting.emplace_hint(waiting.end(), result->call, *own);

    if (effects.more) post_resume();
    set_timer();
}

void engine::impl::journal_records() {
    journal::frame f{.at = leases.now(), .records = {}, .digest = state.digest()};
    for (core::record& r : effects.records) {
        if (core::is_durable(r)) f.records.push_back(std::move(r));
    }
    if (!f.records.empty()) commit.add(std::move(f));
}

void engine::impl::release(departure& leaving) {
    for (batch& b : leaving.over) {
        for (held_answer& a : b.answers)
            leaving.answers.add(*a.home, std::move(a.completion));
        b.answers.clear();
    }
}

void engine::impl::append_ended(std::error_code error) {
    departure leaving;
    {
        const std::lock_guard lock(mutex);
        if (failed) return;
        if (error) {
            fail(leaving);
        } else {
            commit.ended(leaving.over);
            if (const batch& b = leaving.over.back(); conf.watch != nullptr && b.records > 0)
                conf.watch->appended(b.records, clock.now() - b.since);
            commit.pump(false, clock.now(), leaving.over);
            release(leaving);
            if (!closed()) set_timer();  // what waited for the journal to expire need not any more
        }
        if (commit.idle()) quiet.notify_all();
    }
    leaving.answers.deliver();
    if (error && conf.on_journal_failure) conf.on_journal_failure(error);
}

void engine::impl::fail(departure& leaving) {
    failed = true;
    commit.failed(leaving.over);
    for (batch& b : leaving.over) {
        for (held_answer& a : b.answers)
            a.completion.answer = outcome_unknown();
    }
    release(leaving);
    for (auto& [call, to] : waiting)
        leaving.answers.add(*to.home, {to.to, call, outcome_unknown()});
    waiting.clear();
}

void engine::impl::post_resume() {
    // Behind what the loop has queued, and never twice: others have their turn between two slices.
    if (!std::exchange(resume_posted, true))
        boost::asio::post(loops.front()->context(), [this] { resume(); });
}

}  // namespace admit::engine
