// An engine over what an earlier one has left, step by step, for tests of recovery.
#pragma once

#include "tests/engine/rig.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace admit::engine::test {

/// What a life of the engine leaves in its journal.
template <class Live>
std::vector<journal::frame> left_by(Live live) {
    rig r;
    r.log.at_once = true;
    live(r);
    return r.log.kept;
}

/// Not recovered yet.
class revived {
public:
    explicit revived(std::vector<journal::frame> kept, admit::token new_token = 1) {
        log.kept = std::move(kept);
        log.at_once = true;
        engine::options conf;
        conf.make_alarm = time.alarms();
        conf.new_token = new_token;
        conf.on_journal_failure = [this](std::error_code) { ++failures; };
        server.emplace(std::move(conf), log, time, std::span(homes));
    }
    ~revived() {
        log.let_go();
        server.reset();
    }
    revived(const revived&) = delete;
    revived& operator=(const revived&) = delete;

    /// The answer, which has to be known at once.
    admit::answer ask(const core::command& what) {
        submission s = server->submit(what, heard, home);
        EXPECT_TRUE(s.answer) << "not answered at once";
        return s.answer ? std::move(*s.answer) : admit::answer();
    }
    /// The code of the problem, none for any other answer.
    std::optional<errc> problem_with(const core::command& what) {
        const admit::answer a = ask(what);
        const auto* p = std::get_if<problem>(&a);
        return p != nullptr ? std::optional(p->code) : std::nullopt;
    }
    void turn() {
        while (home.context().poll() > 0) {}
    }
    void advance(nanoseconds by) {
        time.advance(by, [this] { turn(); });
    }

    hand_time time;
    hand_journal log;
    loop home;
    loop* homes[1] = {&home};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
        home.context().get_executor()};
    int failures = 0;
    listener heard;
    std::optional<engine> server;
};

}  // namespace admit::engine::test
