// Parks many connections in a pool's line and measures what they cost the server: resident memory
// for each, CPU while nothing happens, and how long a release takes to wake the one whose turn it
// is. Prints one line of JSON. Exit status 1 where anybody else was woken.
#include "bench/load/histogram.hpp"
#include "bench/parked/crowd.hpp"
#include "bench/parked/exchange.hpp"
#include "bench/support/process.hpp"
#include "proto/codec.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <variant>

namespace {

using namespace admit::bench;
using std::chrono::steady_clock;

struct arguments {
    std::string target;
    pid_t server = 0;
    std::size_t waiters = 10'000;
    std::size_t wakes = 1'000;
    double idle_seconds = 5;
    double settle_seconds = 15;
};

struct figures {
    std::size_t waiters = 0;
    std::string stopped_by;  ///< why they are fewer than wanted
    double bytes_each = 0;
    double idle_percent = 0;
    histogram wake_ns;
};

constexpr std::string_view pool = "parked";
/// Of our own: standard streams, the epoll, a connection to look things up.
constexpr std::size_t other_files = 64;
/// Joins between two looks at how far the server has come: fewer than its listener queues.
constexpr std::size_t joins_at_once = 1'000;
constexpr std::chrono::seconds join_time{60};

void sleep(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

/// A value of a reply of the server, or the end of this program.
template <class T>
T good(admit::decoded<T> what) {
    if (const auto* problem = std::get_if<admit::problem>(&what))
        throw std::runtime_error("a reply that makes no sense: " + problem->detail);
    return std::move(std::get<T>(what));
}

class measurement {
public:
    explicit measurement(const arguments& a)
        : arguments_(a), ask_(endpoint_of(a.target)), crowd_(endpoint_of(a.target), pool) {}

    figures run() {
        const std::string path = "/v1/pools/" + std::string(pool);
        ask_.ask("PUT", path, R"({"limit":1,"max_waiters":1000000,"default_ttl_ms":3600000})");
        crowd_.join();
        crowd_.begin();
        const double before = settled_memory();
        gather();
        out_.waiters = waiting();
        out_.bytes_each = (settled_memory() - before) / static_cast<double>(out_.waiters);
        measure_idle();
        measure_wakes();
        return out_;
    }

private:
    std::size_t waiting() {
        const std::string path = "/v1/pools/" + std::string(pool);
        return static_cast<std::size_t>(good(admit::decode_pool(ask_.ask("GET", path))).waiting);
    }

    /// Lets the crowd come together, or as much of it as the system and the server let.
    void gather() {
        const std::size_t wanted = arguments_.waiters + 1;
        while (crowd_.size() < wanted && out_.stopped_by.empty()) {
            const std::size_t next = std::min(crowd_.size() + joins_at_once, wanted);
            try {
                while (crowd_.size() < next)
                    crowd_.join();
            } catch (const std::system_error& e) { out_.stopped_by = e.what(); }
            await_arrival();
        }
    }

    void await_arrival() {
        const steady_clock::time_point until = steady_clock::now() + join_time;
        while (waiting() + crowd_.turned_away() + 1 < crowd_.size()) {
            if (steady_clock::now() > until)
                throw std::runtime_error("the server does not take all that came");
            sleep(0.01);
            crowd_.listen();
        }
        if (crowd_.turned_away() > 0) out_.stopped_by = "the server turned others away";
    }

    /// What the server has resident, once that has not changed for two seconds.
    double settled_memory() {
        const auto limit = std::chrono::duration<double>(arguments_.settle_seconds);
        const steady_clock::time_point until =
            steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(limit);
        std::size_t found = resident_bytes(arguments_.server);
        for (int same = 0; same < 4 && steady_clock::now() < until;) {
            sleep(std::min(0.5, arguments_.settle_seconds / 4));
            const std::size_t now = resident_bytes(arguments_.server);
            same = now == found ? same + 1 : 0;
            found = now;
        }
        if (found == 0) throw std::runtime_error("the server's memory cannot be read");
        return static_cast<double>(found);
    }

    void measure_idle() {
        const auto cpu = cpu_by_thread(arguments_.server);
        const steady_clock::time_point began = steady_clock::now();
        sleep(arguments_.idle_seconds);
        const auto used = used_since(cpu, cpu_by_thread(arguments_.server));
        const std::chrono::nanoseconds took = steady_clock::now() - began;
        out_.idle_percent =
            100 * static_cast<double>(used.count()) / static_cast<double>(took.count());
    }

    /// Each release is to wake the head of the line, whom the server itself has named before.
    void measure_wakes() {
        std::string after;  // the first page is after nobody
        std::size_t left = std::min(arguments_.wakes, out_.waiters);
        while (left > 0) {
            const std::string path =
                "/v1/pools/" + std::string(pool) + "/waiters?limit=1000" + after;
            const admit::waiters_page page = good(admit::decode_waiters(ask_.ask("GET", path)));
            if (page.waiters.empty()) throw std::runtime_error("the line is shorter than it was");
            for (const admit::waiter_row& row : page.waiters) {
                if (left == 0) return;
                const std::size_t next = crowd::member_of(row.worker);
                if (next >= crowd_.size()) throw std::runtime_error("a stranger: " + row.worker);
                const auto took = crowd_.hand_over_to(next).count();
                out_.wake_ns.record(static_cast<std::uint64_t>(took));
                --left;
            }
            after = "&after=" + std::to_string(page.next);
        }
    }

    const arguments& arguments_;
    exchange ask_;
    crowd crowd_;
    figures out_;
};

void print(const figures& f) {
    const auto wake = [&](double share) { return static_cast<double>(f.wake_ns.at(share)) / 1e3; };
    std::printf(R"({"waiters":%zu,"stopped_by":"%s","bytes_each":%.0f,"idle_percent":%.3f,)"
                R"("wakes":%llu,"wake_p50_us":%.1f,"wake_p99_us":%.1f,"wake_max_us":%.1f})"
                "\n",
                f.waiters, f.stopped_by.c_str(), f.bytes_each, f.idle_percent,
                static_cast<unsigned long long>(f.wake_ns.total()), wake(0.5), wake(0.99), wake(1));
}

}  // namespace

int main(int argc, char** argv) try {
    arguments a;
    CLI::App app("Parks waiters at a server and measures what they cost.", "parked");
    app.add_option("--target", a.target, "The server's ADDRESS:PORT")->required();
    app.add_option("--pid", a.server, "The server's process")->required();
    app.add_option("--waiters", a.waiters)->check(CLI::Range(1, 1'000'000));
    app.add_option("--wakes", a.wakes, "How many are woken, one after another");
    app.add_option("--idle-seconds", a.idle_seconds, "How long nothing happens");
    app.add_option("--settle-seconds", a.settle_seconds,
                   "How long the server's memory may take until it does not change any more");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) { return app.exit(e); }

    std::string limited;
    const std::size_t files = raise_open_files();
    if (a.waiters + other_files > files) {
        a.waiters = files - other_files;
        limited = "this process may open " + std::to_string(files) + " files";
    }
    figures found = measurement(a).run();
    if (found.stopped_by.empty()) found.stopped_by = limited;
    print(found);
    return 0;
} catch (const std::exception& e) {
    std::cerr << "parked: " << e.what() << '\n';
    return 1;
}
