#include "server/telemetry/log.hpp"

#include "server/telemetry/log_queue.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>

#include <unistd.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>

namespace admit::telemetry {
namespace {

using clock = spdlog::log_clock;
using terminal_sink = spdlog::sinks::ansicolor_sink<spdlog::details::console_nullmutex>;

constexpr std::array level_names{"debug", "info", "warn", "error", "off"};
constexpr std::array format_names{"auto", "text", "json"};

/// How long the writer lets lines gather: each wake-up costs those who log a system call.
constexpr std::chrono::milliseconds gather{1};
/// How long the end of the log waits for a reader of `out` that has stopped reading.
constexpr std::chrono::seconds patience{1};

constexpr auto text_pattern = "%H:%M:%S.%e %^%-7l%$ %v";
constexpr auto json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::level::level_enum spdlog_level(log_level level) {
    switch (level) {
        case log_level::debug: return spdlog::level::debug;
        case log_level::info: return spdlog::level::info;
        case log_level::warn: return spdlog::level::warn;
        case log_level::error: return spdlog::level::err;
        case log_level::off: break;
    }
    return spdlog::level::off;
}

log_level level_of(const access_line&) noexcept { return log_level::info; }
log_level level_of(const message& m) noexcept { return m.level; }
using telemetry::level_of;

bool is_json(const log::options& o) {
    if (o.format == log_format::automatic)
        return ::isatty(::fileno(o.out)) == 0;
    return o.format == log_format::json;
}

template <class Enum, class Names>
std::optional<Enum> value_of(const Names& names, std::string_view name) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name)
            return static_cast<Enum>(i);
    }
    return {};
}

}  // namespace

std::string_view name(log_level level) noexcept {
    return level_names[static_cast<std::size_t>(level)];
}
std::string_view name(log_format format) noexcept {
    return format_names[static_cast<std::size_t>(format)];
}
std::optional<log_level> log_level_of(std::string_view name) noexcept {
    return value_of<log_level>(level_names, name);
}
std::optional<log_format> log_format_of(std::string_view name) noexcept {
    return value_of<log_format>(format_names, name);
}

/// The queue, and what its thread writes with.
struct log::writer {
    struct line {
        clock::time_point at;
        std::variant<core::event, access_line, message> what;
    };

    explicit writer(const options& o)
        : json(is_json(o)),
          queue(o.lines_max),
          sink(std::make_shared<terminal_sink>(o.out, spdlog::color_mode::automatic)),
          out("admitd", sink) {
        out.set_level(spdlog::level::trace);
        out.set_pattern(json ? json_pattern : text_pattern,
                        json ? spdlog::pattern_time_type::utc : spdlog::pattern_time_type::local);
    }

    template <class What>
    void put(What&& what) {
        queue.put({clock::now(), std::forward<What>(what)});
    }

    void run() {
        while (queue.take([this](const line& l) { write(l); })) {
            report_dropped();
            std::this_thread::sleep_for(gather);
        }
        const std::lock_guard lock(done_mutex);
        done = true;
        done_changed.notify_one();
    }

    void write(const line& l) {
        std::visit([&](const auto& what) {
            json ? write_json(what, text) : write_text(what, text);
            out.log(l.at, {}, spdlog_level(level_of(what)), text);
        }, l.what);
    }

    void report_dropped() {
        const std::uint64_t dropped = queue.dropped();
        if (dropped == std::exchange(reported, dropped))
            return;
        write({clock::now(), message{log_level::warn, "log_dropped",
                                     "The log is too slow: " + std::to_string(dropped) +
                                         " lines were dropped so far"}});
    }

    bool wait_until_done() {
        std::unique_lock lock(done_mutex);
        return done_changed.wait_for(lock, patience, [this] { return done; });
    }

    const bool json;
    log_queue<line> queue;
    std::shared_ptr<terminal_sink> sink;
    spdlog::logger out;
    std::string text;
    std::uint64_t reported = 0;

    std::mutex done_mutex;
    std::condition_variable done_changed;
    bool done = false;
};

log::log(options o) : options_(o), writer_(std::make_shared<writer>(o)) {
    // Detached: a thread that hangs in a write to a full pipe must not keep the process from
    // ending.
    std::thread([writer = writer_] { writer->run(); }).detach();
}

log::~log() {
    writer_->queue.close();
    writer_->wait_until_done();
}

void log::happened(std::span<const core::event> events) noexcept {
    for (const core::event& e : events) {
        if (is_on(telemetry::level_of(e)))
            writer_->put(e);
    }
}

void log::answered(access_line line) noexcept {
    if (options_.access)
        writer_->put(std::move(line));
}

void log::say(log_level level, std::string_view event, std::string text) noexcept {
    if (is_on(level))
        writer_->put(message{level, event, std::move(text)});
}

std::uint64_t log::dropped() const noexcept { return writer_->queue.dropped(); }

}  // namespace admit::telemetry
