// The log as a whole: what reaches its file, at which level, in which form.
#include "server/telemetry/log.hpp"

#include "server/telemetry/log_queue.hpp"
#include "tests/telemetry/events.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace admit::telemetry::test {
namespace {

using core::event_kind;

/// A log into a file of its own; `lines` ends it and reads what it wrote.
class logged {
public:
    explicit logged(log::options options = {}) : file_(std::tmpfile()) {
        options.out = file_;
        log_ = std::make_unique<log>(options);
    }
    ~logged() { std::fclose(file_); }

    log* operator->() { return log_.get(); }
    void tell(const core::event& e) { log_->happened({&e, 1}); }

    std::vector<std::string> lines() {
        log_.reset();
        std::rewind(file_);
        std::string all(1 << 20, '\0');
        all.resize(std::fread(all.data(), 1, all.size(), file_));
        std::istringstream in(all);
        std::vector<std::string> out;
        for (std::string line; std::getline(in, line);)
            out.push_back(line);
        return out;
    }

private:
    std::FILE* file_;
    std::unique_ptr<log> log_;
};

TEST(Log, WritesJsonLinesWhereNobodyWatches) {
    logged l;
    l.tell(acquired("a\"b"));
    l->say(log_level::warn, "no_auth", "Everybody may do everything");
    const auto lines = l.lines();
    ASSERT_EQ(lines.size(), 2);
    const auto first = nlohmann::json::parse(lines[0]);
    EXPECT_EQ(first.at("level"), "info");
    EXPECT_EQ(first.at("worker"), "a\"b");
    EXPECT_EQ(first.at("event"), "acquired");
    const std::string time = first.at("time");
    EXPECT_EQ(time.size(), std::string("2025-01-01T00:00:00.000Z").size());
    EXPECT_EQ(time.back(), 'Z');
    const auto second = nlohmann::json::parse(lines[1]);
    EXPECT_EQ(second.at("level"), "warning");
    EXPECT_EQ(second.at("event"), "no_auth");
    EXPECT_EQ(second.at("message"), "Everybody may do everything");
}

TEST(Log, WritesSentencesForPeople) {
    logged l({.format = log_format::text});
    l.tell(acquired());
    const auto lines = l.lines();
    ASSERT_EQ(lines.size(), 1);
    EXPECT_TRUE(lines[0].ends_with(" info    Worker w1: acquired (1/2 active), pool db"));
}

TEST(Log, KeepsToItsLevel) {
    const auto written = [](log_level level) {
        logged l({.level = level, .format = log_format::text});
        core::event busy = event(event_kind::busy);
        busy.who = worker("w1");
        l.tell(busy);
        l.tell(acquired());
        l.tell(ended(event_kind::expired, ending::expired));
        l->say(log_level::error, "x", "x");
        return l.lines().size();
    };
    EXPECT_EQ(written(log_level::debug), 4);
    EXPECT_EQ(written(log_level::info), 3);
    EXPECT_EQ(written(log_level::warn), 2);
    EXPECT_EQ(written(log_level::error), 1);
    EXPECT_EQ(written(log_level::off), 0);
}

TEST(Log, AccessLinesAreForWhoAsks) {
    for (const bool access : {false, true}) {
        logged l({.level = log_level::error, .access = access});
        EXPECT_EQ(l->wants_access(), access);
        l->answered({.method = "GET", .path = "/v1/pools", .status = 200});
        EXPECT_EQ(l.lines().size(), access ? 1 : 0);
    }
}

/// A pipe that takes nothing more.
std::array<int, 2> full_pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_NONBLOCK), 0);
    const std::string text(4096, 'x');
    while (::write(ends[1], text.data(), text.size()) > 0) {}
    EXPECT_EQ(::fcntl(ends[1], F_SETFL, 0), 0);
    return ends;
}

TEST(Log, AReaderThatStopsHoldsUpNobody) {
    ::signal(SIGPIPE, SIG_IGN);
    const std::array<int, 2> ends = full_pipe();
    std::FILE* const full = ::fdopen(ends[1], "w");
    ASSERT_NE(full, nullptr);
    const auto began = std::chrono::steady_clock::now();
    {
        log l({.lines_max = 100, .out = full});
        for (int i = 0; i < 5000; ++i)
            l.say(log_level::info, "x", "x");
        // The writer has a queue's worth in its hands, and another one waits.
        EXPECT_GE(l.dropped(), 4800);
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
    }
    const auto took = std::chrono::steady_clock::now() - began;
    EXPECT_GE(took, std::chrono::milliseconds(900));
    EXPECT_LT(took, std::chrono::seconds(5));
    // What was written is lost, and the thread ends.
    ::close(ends[0]);
}

TEST(LogQueue, AFullQueueDropsItsOldest) {
    log_queue<int> queue(3);
    for (int i = 1; i <= 5; ++i)
        queue.put(int{i});
    EXPECT_EQ(queue.dropped(), 2);
    queue.close();
    std::vector<int> taken;
    EXPECT_TRUE(queue.take([&](int i) { taken.push_back(i); }));
    EXPECT_EQ(taken, (std::vector{3, 4, 5}));
    EXPECT_FALSE(queue.take([&](int i) { taken.push_back(i); }));
    EXPECT_EQ(taken.size(), 3);
}

TEST(LogQueue, ManyPutAndOneTakes) {
    log_queue<int> queue(1 << 20);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&queue] {
            for (int i = 0; i < 10'000; ++i)
                queue.put(int{i});
        });
    }
    std::thread closer([&] {
        for (std::thread& t : threads)
            t.join();
        queue.close();
    });
    std::size_t taken = 0;
    while (queue.take([&](int) { ++taken; })) {}
    closer.join();
    EXPECT_EQ(taken, 40'000);
}

TEST(Log, LevelsAndFormatsHaveNames) {
    for (const char* level : {"debug", "info", "warn", "error", "off"})
        EXPECT_EQ(name(*log_level_of(level)), level);
    for (const char* format : {"auto", "text", "json"})
        EXPECT_EQ(name(*log_format_of(format)), format);
    EXPECT_FALSE(log_level_of("loud"));
    EXPECT_FALSE(log_format_of(""));
}

}  // namespace
}  // namespace admit::telemetry::test
