// A whole server on loopback, with an engine behind it. Its loops turn in the test's own thread,
// when the test says so, or in threads of their own.
#pragma once

#include "server/engine/engine.hpp"
#include "server/http/server.hpp"
#include "server/journal/memory.hpp"
#include "tests/http/visitor.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace admit::http::testing {

class live final : public engine::caller, public observer {
public:
    struct options {
        std::size_t loops = 1;
        bool threads = false;                 ///< one for each loop
        journal::journal* journal = nullptr;  ///< the memory's unless told
        std::size_t connections_max = 0;
    };
    live() : live(options{}) {}
    explicit live(options);
    /// Ends the server as main does, at once.
    ~live();

    std::uint16_t port() const { return server->address().port(); }

    /// Lets the loops turn until the condition holds; false where it does not within 20 s.
    bool until(const std::function<bool()>& holds);
    /// Lets the loops turn a few times, for what is not to happen.
    void turn(int times = 20);
    /// The next reply of the server; the test fails where there is none.
    reply answer(visitor&);
    /// Sends one request and takes its reply.
    reply call(visitor&, std::string_view method, std::string_view target,
               std::string_view body = {}, std::string_view fields = {});

    /// So many connections that the server has taken and reads from.
    std::vector<visitor> crowd(int many);

    /// Asks the engine directly.
    admit::answer ask(const core::command&);
    /// Gives a pool this limit.
    void limit(std::string_view pool, std::int64_t limit);
    /// A lease that no connection has to do with; its token.
    admit::token hold(std::string_view pool = "db");
    void let_go(admit::token);

    core::core::counts counts() const { return engine->count(); }
    /// Nobody holds, waits or is connected.
    bool empty() const;

    // What was seen of the requests.
    std::vector<exchange> exchanges;
    std::function<void()> on_exchange;  ///< called after each, on its loop
    std::vector<std::string> failures;

    std::vector<std::unique_ptr<engine::loop>> loops;
    std::unique_ptr<journal::journal> memory = journal::make_memory();
    engine::system_monotonic_clock clock;
    std::unique_ptr<engine::engine> engine;
    std::unique_ptr<http::server> server;

private:
    void answered(core::call_id, admit::answer&&) noexcept override;
    void answered(const exchange&) noexcept override;
    void failed(std::string_view id, std::string_view what) noexcept override;

    bool threaded_ = false;
    std::vector<std::thread> threads_;
    std::vector<admit::answer> answers_;
};

/// Bytes of a request with a Content-Length.
std::string request_text(std::string_view method, std::string_view target,
                         std::string_view body = {}, std::string_view fields = {});
/// An acquire in the pool `db`.
std::string acquire_text(std::string_view worker, std::int64_t wait_ms = 0,
                         std::string_view more = {});

}  // namespace admit::http::testing
