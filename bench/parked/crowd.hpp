// Many connections that each ask for the one slot of a pool: the first gets it, the others wait,
// and it goes from each to the next.
#pragma once

#include "bench/support/socket.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace admit::bench {

class crowd {
public:
    /// The pool exists, with one slot, and nobody else uses it.
    crowd(endpoint server, std::string_view pool);

    /// Connects one more and lets it ask. Throws std::system_error where the system refuses.
    void join();
    std::size_t size() const noexcept { return members_.size(); }

    /// Takes what has come in so far. Throws std::runtime_error where somebody was answered who
    /// should wait, as for everything below.
    void listen();
    /// How many the server has turned away, by the end of their connections or with 503.
    std::size_t turned_away() const noexcept { return turned_away_; }

    /// The member that asked under this name.
    static std::size_t member_of(std::string_view worker);

    /// Waits for the answer to the first member.
    void begin();
    /// Lets the holder release, and waits until the slot has come to `next`, which nobody else may
    /// be told. Returns the time from before the release was sent until the answer was read.
    std::chrono::nanoseconds hand_over_to(std::size_t next);

private:
    struct member {
        descriptor socket;
        std::string bytes;  ///< of a reply that is not there as a whole
    };

    /// Waits for something to come in, and takes it. False where nothing does in time.
    bool turn(std::chrono::milliseconds at_most);
    void receive(std::size_t from);
    void take(std::size_t from, std::string_view body);
    /// Turns until the slot is where it is to be and its release is answered.
    void await();

    endpoint server_;
    std::string host_;
    std::string pool_;
    descriptor epoll_;
    std::vector<member> members_;
    std::size_t turned_away_ = 0;

    static constexpr std::size_t nobody = static_cast<std::size_t>(-1);
    std::size_t releasing_ = nobody;  ///< whose release has no answer yet
    std::size_t expected_ = nobody;   ///< who is to be admitted next
    std::size_t holder_ = nobody;
    std::string handle_;  ///< the holder's
    std::chrono::steady_clock::time_point admitted_;
};

}  // namespace admit::bench
