#include "bench/population.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <variant>

namespace admit::bench {
namespace {

using clock = std::chrono::steady_clock;

std::string pool_name(std::size_t i) { return "pool-" + std::to_string(i); }

core::set_pool pool(std::size_t i, std::int64_t limit) {
    core::set_pool out{.pool = pool_name(i), .change = {}, .only_if = {}};
    out.change.limit = limit;
    out.change.max_waiters = 1'000'000;
    return out;
}

}  // namespace

population::population(const fullness& full) : full_(full) {
    const bool has_line = full.waiters > 0;
    const std::size_t limit = has_line ? full.leases : 1'000'000;
    for (std::size_t i = 0; i < full.pools; ++i)
        step(pool(i, static_cast<std::int64_t>(limit)));
    tokens_.resize(full.leases);
    for (place_ = 0; place_ < full.leases; ++place_) {
        step(some_acquire(place_ % full.pools));
        note_grants();
    }
    for (std::size_t i = 0; i < full.waiters; ++i)
        step(some_acquire(0));
    acquires_.resize(pairs_drawn);
    victims_.resize(pairs_drawn);
    draw();
}

void population::pair() {
    place_ = victims_[used_];
    std::get<core::release>(release_).tokens.assign(1, tokens_[place_]);
    step(release_);
    note_grants();
    step(acquires_[used_++]);
    note_grants();
}

void population::draw() {
    for (std::size_t i = 0; i < pairs_drawn; ++i) {
        victims_[i] = static_cast<std::size_t>(random_() % tokens_.size());
        acquires_[i] = some_acquire(static_cast<std::size_t>(random_() % full_.pools));
    }
    used_ = 0;
}

std::int64_t population::pass(core::duration time) {
    now_ += time;
    std::int64_t longest = 0;
    const auto measured = [&](const auto& decide) {
        const clock::time_point begin = clock::now();
        decide();
        longest = std::max<std::int64_t>(longest, (clock::now() - begin).count());
    };
    const auto due = core_.next_deadline();
    if (!due || *due > now_) return 0;
    measured([this] { core_.step(core::expire{}, 0, now_, out_); });
    while (out_.more)
        measured([this] { core_.resume(now_, out_); });
    return longest;
}

core::acquire population::some_acquire(std::size_t pool) {
    core::acquire out;
    out.pool = pool_name(pool);
    out.worker = "worker-" + std::to_string(random_() % 100'000);
    char id[23];
    std::snprintf(id, sizeof id, "%022llx", static_cast<unsigned long long>(random_()));
    out.request_id = id;
    if (full_.waiters > 0) out.wait_ms = 3'600'000;
    return out;
}

void population::step(const core::command& what) {
    core_.step(what, ++call_, now_, out_);
}

void population::note_grants() {
    for (const core::reply& r : out_.replies) {
        if (const auto* granted = std::get_if<acquired>(&r.answer)) {
            tokens_[place_] = granted->token;
        } else if (!std::holds_alternative<released>(r.answer)) {
            std::fputs("a pair was refused\n", stderr);
            std::exit(1);
        }
    }
}

}  // namespace admit::bench
