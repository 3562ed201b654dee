// Looks once a second how much room the disk has left, and has acquires refused before there is
// none: releases and renewals still need some.
#pragma once

#include "server/engine/engine.hpp"
#include "server/engine/loop.hpp"
#include "server/telemetry/log.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace admit::config {

/// Whether the room counts as low. What was low is so until an eighth more than `min_free` is free,
/// or a disk at the border would refuse and admit by turns.
constexpr bool is_low(bool was_low, std::uint64_t free, std::uint64_t min_free) noexcept {
    return free < (was_low ? min_free + min_free / 8 : min_free);
}

/// Bytes that this process may still write on the disk that holds `directory`; nothing where the
/// system does not say.
std::optional<std::uint64_t> free_bytes(const std::string& directory);

/// On the loop's thread. All references outlive it.
class disk_watch {
public:
    /// `look`: `free_bytes`, unless a test has a disk of its own. Nothing is watched where
    /// `min_free` is 0.
    disk_watch(std::string directory, std::uint64_t min_free, engine::engine&, engine::loop&,
               telemetry::log&,
               std::function<std::optional<std::uint64_t>(const std::string&)> look = free_bytes);

    /// Looks at once, and then again and again. While it does, its loop has work.
    void start();
    void stop();

    /// What was free at the last look. Any thread.
    std::uint64_t free() const noexcept { return free_; }

private:
    void look();

    const std::string directory_;
    const std::uint64_t min_free_;
    engine::engine& engine_;
    telemetry::log& log_;
    const std::function<std::optional<std::uint64_t>(const std::string&)> look_;
    boost::asio::steady_timer timer_;
    bool low_ = false;
    bool stopped_ = false;
    std::atomic<std::uint64_t> free_{0};
};

}  // namespace admit::config
