// The sessions of one loop: their owner, their clock and their sweep.
#pragma once

#include "server/engine/loop.hpp"
#include "server/http/service.hpp"
#include "server/http/socket.hpp"
#include "server/http/time.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace admit::http {

class session;

/// Everything but the constructor happens on the loop. Destroyed when the loop no longer runs.
class session_list {
public:
    /// `on_gone` is called for each session that has ended. All references outlive the list.
    session_list(engine::loop&, const service&, std::function<void()> on_gone);
    ~session_list();
    session_list(const session_list&) = delete;
    session_list& operator=(const session_list&) = delete;

    /// Serves the connection until it ends.
    void adopt(socket_type);
    /// Answers what is in work and ends each session after its last reply; also those to come.
    void drain();
    /// Ends all sessions at once, and those to come.
    void abort();

    // For its sessions.

    /// Destroys the session.
    void remove(session&);
    /// Lets it take its steps soon, together with all that are ready by then. Until then it stays.
    void make_ready(session&);
    engine::loop& loop() noexcept { return loop_; }
    const service& shared() const noexcept { return shared_; }
    /// The monotonic clock.
    instant now() const noexcept;
    /// The value of `Date`, renewed once a second.
    std::string_view date() const noexcept { return date_; }
    /// For one reply at a time.
    std::string& scratch() noexcept;

private:
    void run_ready();
    void run(std::span<session* const>);
    void arm();
    void sweep();

    engine::loop& loop_;
    const service& shared_;
    std::function<void()> on_gone_;
    std::vector<std::unique_ptr<session>> sessions_;
    std::vector<session*> ready_;    ///< in the order in which they became so
    std::vector<session*> running_;  ///< within `run_ready`
    timer_type timer_;
    std::string date_;
    std::string scratch_;
    bool draining_ = false;
    bool aborting_ = false;
    bool armed_ = false;
};

}  // namespace admit::http
