#include "tests/engine/rig.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace admit::engine::test {

void listener::answered(core::call_id call, admit::answer&& a) noexcept {
    EXPECT_FALSE(has(call)) << "call " << call << " was answered twice";
    got.insert_or_assign(call, std::move(a));
    order.push_back(call);
}

rig::rig(rig_options o) {
    std::vector<loop*> pointers;
    for (std::size_t i = 0; i < o.loops; ++i) {
        loops.push_back(std::make_unique<loop>());
        pointers.push_back(loops.back().get());
        work_.emplace_back(loops.back()->context().get_executor());
    }
    engine::options conf;
    conf.core.slice_records = o.slice_records;
    conf.watch = o.watch;
    conf.make_alarm = time.alarms();
    conf.on_journal_failure = [this](std::error_code error) { failures.push_back(error); };
    log.kept = std::move(o.kept);
    server.emplace(std::move(conf), log, time, pointers);
    log.at_once = true;
    const bool is_new = log.kept.empty();
    server->start();
    if (is_new) {
        // Tests count what they bring about themselves; that a new life is one is no change.
        log.kept.clear();
        log.appends.clear();
        set_limit(1);
    }
    log.at_once = false;
}

rig::~rig() {
    log.let_go();
    server.reset();
    EXPECT_TRUE(log.closed);
}

submission rig::submit(const core::command& what, std::size_t home) {
    submission s = server->submit(what, heard, *loops[home]);
    EXPECT_FALSE(heard.has(s.call)) << "answered from within submit";
    EXPECT_TRUE(s.decided || !s.answer);
    if (s.answer) heard.answered(s.call, admit::answer(*s.answer));
    return s;
}

void rig::turn() {
    for (bool busy = true; busy;) {
        busy = false;
        for (const auto& l : loops) {
            if (!time.stalled(*l)) busy = l->context().poll() > 0 || busy;
        }
    }
}

void rig::set_limit(std::int64_t limit, const std::string& name) {
    const submission s = submit(pool(name, limit));
    EXPECT_TRUE(s.decided);
}

std::int64_t rig::held(const std::string& name) {
    const submission s = submit(core::show_pool{name});
    const auto* shown = s.answer ? std::get_if<pool_answer>(&*s.answer) : nullptr;
    EXPECT_NE(shown, nullptr);
    return shown != nullptr ? shown->pool.active : -1;
}

core::acquire acquire(const std::string& worker, std::int64_t wait_ms, std::int64_t ttl_ms) {
    core::acquire a;
    a.pool = "db";
    a.worker = worker;
    a.wait_ms = wait_ms;
    a.ttl_ms = ttl_ms;
    a.request_id = worker;
    return a;
}

core::release release(admit::token token) { return {.tokens = {token}}; }
core::renew renew(admit::token token) { return {.tokens = {token}, .ttl_ms = {}}; }

core::set_pool pool(const std::string& name, std::int64_t limit) {
    core::set_pool p;
    p.pool = name;
    p.change.limit = limit;
    p.how = core::set_how::configure;
    return p;
}

}  // namespace admit::engine::test
