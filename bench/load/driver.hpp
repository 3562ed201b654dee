// The load itself: one thread, one epoll, a number of connections that each wait for the replies to
// one batch before they send the next.
#pragma once

#include "bench/load/client.hpp"
#include "bench/load/histogram.hpp"
#include "bench/support/socket.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace admit::bench {

struct figures {
    std::uint64_t requests = 0;
    std::chrono::nanoseconds took{};
    histogram latency_ns;
    /// CPU of the server's threads and of ourselves meanwhile.
    std::map<pid_t, std::chrono::nanoseconds> server_cpu;
    std::chrono::nanoseconds own_cpu{};
    std::string fault;  ///< what was wrong with a reply; empty where all were right
};

class driver {
public:
    struct options {
        endpoint target;
        unsigned connections = 32;
        client::rules rules;
        pid_t server = 0;  ///< whose CPU to count; 0: nobody's
        std::chrono::nanoseconds warm_up{};
        std::chrono::nanoseconds period{};
    };

    /// Connects. Throws std::system_error where that fails. The options outlive the driver.
    explicit driver(const options&);

    /// Drives the server, first unmeasured, and in the end until every lease is given back. Ends
    /// early at the first wrong reply. Once.
    figures run();

private:
    using clock = std::chrono::steady_clock;

    struct connection {
        descriptor socket;
        bench::client client;
        clock::time_point sent;
    };

    void turn(figures&, clock::time_point until);
    void finish(figures&);
    bool send(connection&, clock::time_point now, figures&);
    bool receive(connection&, figures&);

    const options& options_;
    descriptor epoll_;
    std::vector<connection> connections_;
    std::vector<char> buffer_;
    bool measuring_ = false;
    bool finishing_ = false;
    unsigned finished_ = 0;  ///< connections that have released all and send nothing more
};

}  // namespace admit::bench
