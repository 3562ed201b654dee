// The load generator of all HTTP columns: acquires and releases the same lease in turn over a
// number of connections, checks every reply, and prints what it measured as one line of JSON.
// Exit status 1 where a reply was wrong.
#include "bench/load/driver.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

namespace {

using namespace admit::bench;

struct arguments {
    std::string target;
    double seconds = 3;
    double warm_up = 0.5;
    driver::options drive;
};

std::chrono::nanoseconds from_seconds(double seconds) {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

void add_options(CLI::App& app, arguments& a) {
    app.add_option("--target", a.target, "The server's ADDRESS:PORT")->required();
    app.add_option("--connections", a.drive.connections)->check(CLI::Range(1U, 10'000U));
    app.add_option("--depth", a.drive.rules.depth, "Requests that one connection pipelines")
        ->check(CLI::Range(1U, 64U));
    app.add_option("--pool", a.drive.rules.pool, "All leases are of this one")->required();
    app.add_option("--pid", a.drive.server, "The server's process, to count its CPU");
    app.add_option("--seconds", a.seconds, "How long to measure");
    app.add_option("--warm-up", a.warm_up, "How long to drive before, in seconds");
    app.add_flag("--constant", a.drive.rules.constant,
                 "The server answers constants: check neither tokens nor counts");
}

double microseconds(std::chrono::nanoseconds time) {
    return static_cast<double>(time.count()) / 1e3;
}

void print(const figures& f) {
    const double seconds = microseconds(f.took) / 1e6;
    const auto requests = static_cast<double>(f.requests);
    const auto latency = [&](double share) {
        return static_cast<double>(f.latency_ns.at(share)) / 1e3;
    };
    std::chrono::nanoseconds cpu{};
    std::string threads;
    for (const auto& [thread, used] : f.server_cpu) {
        cpu += used;
        if (!threads.empty()) threads += ',';
        threads += std::to_string(microseconds(used) / requests);
    }
    std::printf(R"({"requests":%llu,"seconds":%.4f,"per_second":%.0f,)"
                R"("p50_us":%.1f,"p99_us":%.1f,"p999_us":%.1f,)"
                R"("cpu_us":%.3f,"load_cpu_us":%.3f,"thread_cpu_us":[%s]})"
                "\n",
                static_cast<unsigned long long>(f.requests), seconds, requests / seconds,
                latency(0.5), latency(0.99), latency(0.999), microseconds(cpu) / requests,
                microseconds(f.own_cpu) / requests, threads.c_str());
}

}  // namespace

int main(int argc, char** argv) try {
    arguments a;
    CLI::App app("Drives a server with acquires and releases, and measures it.", "load");
    add_options(app, a);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) { return app.exit(e); }
    a.drive.target = endpoint_of(a.target);
    a.drive.rules.host = a.target;
    a.drive.rules.leases_max = std::int64_t{a.drive.connections} * a.drive.rules.depth;
    a.drive.warm_up = from_seconds(a.warm_up);
    a.drive.period = from_seconds(a.seconds);

    const figures found = driver(a.drive).run();
    if (!found.fault.empty()) {
        std::cerr << "load: " << found.fault << '\n';
        return 1;
    }
    if (found.requests == 0) {
        std::cerr << "load: no reply came while it was measured\n";
        return 1;
    }
    print(found);
    return 0;
} catch (const std::exception& e) {
    std::cerr << "load: " << e.what() << '\n';
    return 1;
}
