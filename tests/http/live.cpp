#include "tests/http/live.hpp"

#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

namespace admit::http::testing {

live::live(options o) : threaded_(o.threads) {
    std::vector<engine::loop*> all;
    for (std::size_t i = 0; i < o.loops; ++i) {
        loops.push_back(std::make_unique<engine::loop>());
        all.push_back(loops.back().get());
    }
    engine = std::make_unique<engine::engine>(
        engine::engine::options{}, o.journal != nullptr ? *o.journal : *memory, clock, all);
    server = std::make_unique<http::server>(
        http::server::options{.listen = {boost::asio::ip::address_v4::loopback(), 0},
                              .handle_key = fresh_key(),
                              .version = "1.2.3",
                              .commit = "c0ffee",
                              .metrics = [] { return std::string("some 1\n"); },
                              .watch = threaded_ ? nullptr : this,
                              .connections_max = o.connections_max},
        *engine, all);
    engine->start();
    server->start();
    if (threaded_)
        for (const auto& each : loops)
            threads_.emplace_back([&each] { each->context().run(); });
}

live::~live() {
    std::atomic<bool> done = false;
    engine->drain();
    server->drain([&done] { done = true; });
    server->abort();
    EXPECT_TRUE(until([&] { return done.load(); })) << "sessions do not end";
    engine->stop();
    for (std::thread& each : threads_)
        each.join();
    // Nothing keeps a loop running that has nothing to serve.
    const auto all_stopped = [&] {
        return std::all_of(loops.begin(), loops.end(),
                           [](const auto& each) { return each->context().stopped(); });
    };
    EXPECT_TRUE(threaded_ || until(all_stopped)) << "loops do not run out of work";
    server.reset();
    engine.reset();
}

bool live::until(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        if (threaded_) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            continue;
        }
        for (const auto& each : loops)
            each->context().run_for(std::chrono::milliseconds(loops.size() == 1 ? 5 : 1));
    }
    return true;
}

void live::turn(int times) {
    for (int i = 0; i < times; ++i)
        for (const auto& each : loops)
            each->context().poll();
}

reply live::answer(visitor& to) {
    std::optional<reply> out;
    EXPECT_TRUE(until([&] { return (out = to.take()).has_value(); })) << "no reply";
    return out.value_or(reply{});
}

reply live::call(visitor& by, std::string_view method, std::string_view target,
                 std::string_view body, std::string_view fields) {
    by.send(request_text(method, target, body, fields));
    return answer(by);
}

std::vector<visitor> live::crowd(int many) {
    std::vector<visitor> out;
    for (int i = 0; i < many; ++i) {
        out.emplace_back(port());
        EXPECT_EQ(call(out.back(), "GET", "/healthz").status, 200);
    }
    turn();
    return out;
}

admit::answer live::ask(const core::command& what) {
    const std::size_t before = answers_.size();
    engine::submission at_once = engine->submit(what, *this, *loops.front());
    if (at_once.answer) return std::move(*at_once.answer);
    EXPECT_TRUE(until([&] { return answers_.size() > before; })) << "no answer";
    return answers_.back();
}

void live::limit(std::string_view pool, std::int64_t limit) {
    core::set_pool set;
    set.pool = pool;
    set.change.limit = limit;
    set.how = core::set_how::configure;
    EXPECT_TRUE(std::holds_alternative<pool_answer>(ask(set)));
}

admit::token live::hold(std::string_view pool) {
    core::acquire what;
    what.pool = pool;
    what.worker = "holder";
    what.request_id = "held " + std::to_string(answers_.size()) + std::to_string(counts().ended) +
                      std::to_string(counts().leases);
    what.ttl_ms = 3'600'000;
    const admit::answer got = ask(what);
    EXPECT_TRUE(std::holds_alternative<acquired>(got));
    return std::get<acquired>(got).token;
}

void live::let_go(admit::token token) {
    EXPECT_TRUE(std::holds_alternative<released>(ask(core::release{{token}, true, {}})));
}

bool live::empty() const {
    const core::core::counts now = counts();
    return now.leases == 0 && now.waiters == 0 && now.calls == 0 && server->connections() == 0;
}

void live::answered(core::call_id, admit::answer&& what) noexcept {
    answers_.push_back(std::move(what));
}

void live::answered(const exchange& what) noexcept {
    exchanges.push_back(what);
    if (on_exchange) on_exchange();
}

void live::failed(std::string_view, std::string_view what) noexcept { failures.emplace_back(what); }

std::string request_text(std::string_view method, std::string_view target, std::string_view body,
                         std::string_view fields) {
    std::string out(method);
    out += ' ';
    out += target;
    out += " HTTP/1.1\r\nHost: localhost\r\n";
    out += fields;
    if (!body.empty()) out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    out += "\r\n";
    out += body;
    return out;
}

std::string acquire_text(std::string_view worker, std::int64_t wait_ms, std::string_view more) {
    std::string body = R"({"pool":"db","worker":")";
    body += worker;
    body += R"(","wait_ms":)" + std::to_string(wait_ms);
    body += more;
    return request_text("POST", "/v1/acquire", body + '}');
}

}  // namespace admit::http::testing
