// A real engine on the memory journal, without HTTP, and a way to ask it from a test.
#pragma once

#include "server/engine/engine.hpp"
#include "server/journal/open.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace admit::config::test {

class bare_engine {
public:
    bare_engine() { running.start(); }
    ~bare_engine() { running.stop(); }
    bare_engine(const bare_engine&) = delete;
    bare_engine& operator=(const bare_engine&) = delete;

    admit::answer ask(core::command what) {
        std::optional<admit::answer> answer;
        running.async_submit(std::move(what), home,
                             [&answer](admit::answer got) { answer = std::move(got); });
        while (!answer)
            home.context().run_one();
        return *answer;
    }

    pool_view pool(const std::string& name) {
        return std::get<pool_answer>(ask(core::show_pool{name})).pool;
    }

    std::unique_ptr<journal::journal> kept =
        std::get<std::unique_ptr<journal::journal>>(journal::open("memory"));
    engine::system_monotonic_clock clock;
    engine::loop home;
    std::array<engine::loop*, 1> homes{&home};
    engine::engine running{{}, *kept, clock, homes};
};

}  // namespace admit::config::test
