// The server's log: sentences for people, JSON lines for programs, written by a thread of its own.
// Who logs copies a value into a bounded queue and goes on; what nobody takes is dropped.
#pragma once

#include "server/engine/engine.hpp"
#include "server/telemetry/log_line.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace admit::telemetry {

enum class log_format : std::uint8_t { automatic, text, json };

std::string_view name(log_level) noexcept;
std::string_view name(log_format) noexcept;
std::optional<log_level> log_level_of(std::string_view) noexcept;
std::optional<log_format> log_format_of(std::string_view) noexcept;

/// Any thread may call any of it. Nothing blocks but the destructor, and that only for a second.
class log final : public engine::observer {
public:
    struct options {
        log_level level = log_level::info;
        /// `automatic`: text where `out` is a terminal, JSON otherwise.
        log_format format = log_format::automatic;
        bool access = false;
        std::size_t lines_max = 8'192;  ///< in the queue: about a megabyte and a half
        std::FILE* out = stderr;
    };

    explicit log(options);
    /// Writes what is queued, unless that takes longer than a second.
    ~log();
    log(const log&) = delete;
    log& operator=(const log&) = delete;

    bool is_on(log_level level) const noexcept { return level >= options_.level; }

    void happened(std::span<const core::event>) noexcept override;
    void appended(std::size_t, std::chrono::nanoseconds) noexcept override {}

    /// An answered request, where access lines were asked for, whatever the level.
    bool wants_access() const noexcept { return options_.access; }
    void answered(access_line) noexcept;

    /// `event`: a word that lives for ever; `text`: a sentence for people without any secret.
    void say(log_level level, std::string_view event, std::string text) noexcept;

    std::uint64_t dropped() const noexcept;

private:
    struct writer;

    const options options_;
    std::shared_ptr<writer> writer_;  ///< shared with its thread, which may outlive a blocked log
};

}  // namespace admit::telemetry
