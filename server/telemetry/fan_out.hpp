// Several observers as one.
#pragma once

#include "server/engine/engine.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace admit::telemetry {

/// Tells each of `watchers`, in order; they outlive it.
class fan_out final : public engine::observer {
public:
    explicit fan_out(std::vector<engine::observer*> watchers) : watchers_(std::move(watchers)) {}

    void happened(std::span<const core::event> events) noexcept override {
        for (engine::observer* watcher : watchers_)
            watcher->happened(events);
    }

    void appended(std::size_t records, std::chrono::nanoseconds took) noexcept override {
        for (engine::observer* watcher : watchers_)
            watcher->appended(records, took);
    }

private:
    const std::vector<engine::observer*> watchers_;
};

}  // namespace admit::telemetry
