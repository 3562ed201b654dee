#include "tests/journal/story.hpp"

#include <utility>

namespace admit::journal::test {

namespace {

core::set_pool limit(const std::string& pool, std::int64_t limit) {
    core::set_pool s;
    s.pool = pool;
    s.change.limit = limit;
    s.change.max_ttl_ms = 86'400'000;
    s.change.note = "the limit is " + std::to_string(limit);
    return s;
}

}  // namespace

core::settings story_settings() {
    core::settings s;
    s.remember_ms = 20'000;
    s.ended_max = 200;
    return s;
}

story::story(std::uint64_t seed, core::settings s)
    : random_(seed), state_(std::make_unique<core::core>(s)) {}

void story::run(const core::command& what, std::vector<frame>& out) {
    state_->step(what, ++calls_, now_, effects_);
    for (bool more = true; more;) {
        frame f{.at = now_, .records = {}};
        for (const core::record& r : effects_.records) {
            if (const auto* g = std::get_if<core::granted>(&r)) newest_token_ = g->token;
            if (core::is_durable(r)) f.records.push_back(r);
        }
        f.digest = state_->digest();
        if (!f.records.empty()) out.push_back(std::move(f));
        more = effects_.more;
        if (more) state_->resume(now_, effects_);
    }
}

core::command story::something() {
    const std::string pool = "pool-" + std::to_string(random_.below(3));
    const admit::token token = newest_token_ - std::min(newest_token_, random_.below(12));
    switch (random_.weighted({40, 20, 10, 10, 5, 5, 5})) {
        case 0:
            return core::acquire{.pool = pool,
                                 .slots = random_.between(1, 2),
                                 .worker = "worker " + std::to_string(random_.below(9)),
                                 .wait_ms = random_.percent(50) ? 5'000 : 0,
                                 .ttl_ms = random_.between(1'000, 60'000),
                                 .request_id = "id " + std::to_string(calls_),
                                 .by_client = random_.percent(70),
                                 .keep_ms = random_.percent(50) ? 30'000 : 0,
                                 .start = random_.percent(30),
                                 .labels = {{"host", "h" + std::to_string(random_.below(99))}}};
        case 1:
            return core::release{.tokens = {token}};
        case 2:
            return core::renew{.tokens = {token}, .ttl_ms = random_.between(1'000, 60'000)};
        case 3:
            return core::expire{};
        case 4:
            return core::cancel{"id " + std::to_string(random_.below(calls_ + 1))};
        case 5:
            return limit(pool, random_.between(2, 12));
        default:
            return core::abandon{random_.below(calls_ + 1), 0};
    }
}

std::vector<frame> story::batch(std::size_t frames) {
    std::vector<frame> out;
    if (calls_ == 0) {
        for (const char* pool : {"pool-0", "pool-1", "pool-2"})
            run(limit(pool, 6), out);
    }
    while (out.size() < frames) {
        now_ += core::from_ms(random_.between(0, 400));
        run(something(), out);
    }
    // Whoever replays forgets what is due, too.
    run(core::expire{}, out);
    return out;
}

std::vector<frame> story::leases(std::size_t count, const std::string& pool) {
    std::vector<frame> out;
    if (bulk_.empty()) run(limit(pool, 10'000'000), out);
    now_ += core::from_ms(1'000);
    for (std::size_t i = 0; i < count; ++i) {
        core::acquire a;
        a.pool = pool;
        a.worker = "worker-" + std::to_string(i % 5000);
        a.ttl_ms = 86'400'000;
        a.request_id = "request-" + std::to_string(calls_);
        a.by_client = true;
        run(a, out);
        bulk_.push_back(newest_token_);
    }
    return out;
}

std::vector<frame> story::releases(std::size_t count) {
    std::vector<frame> out;
    now_ += core::from_ms(1'000);
    for (; count > 0 && ended_bulk_ < bulk_.size(); --count)
        run(core::release{.tokens = {bulk_[ended_bulk_++]}}, out);
    return out;
}

}  // namespace admit::journal::test
