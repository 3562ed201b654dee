#include "bench/load/driver.hpp"

#include "bench/support/process.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace admit::bench {
namespace {

/// More than any batch of replies.
constexpr std::size_t buffer_bytes = 64 * 1024;
/// For what is on its way when the time is over.
constexpr std::chrono::seconds finish_time{10};

}  // namespace

driver::driver(const options& o) : options_(o), epoll_(make_epoll()), buffer_(buffer_bytes) {
    connections_.reserve(o.connections);
    for (unsigned i = 0; i < o.connections; ++i) {
        connections_.push_back({connect_to(o.target), client(o.rules, i), {}});
        make_non_blocking(connections_.back().socket);
        watch(epoll_, connections_.back().socket, i);
    }
}

figures driver::run() {
    figures warm_up;
    for (connection& each : connections_)
        if (!send(each, clock::now(), warm_up)) return warm_up;
    turn(warm_up, clock::now() + options_.warm_up);
    if (!warm_up.fault.empty()) return warm_up;

    figures out;
    measuring_ = true;
    const auto server = cpu_by_thread(options_.server);
    const auto own = cpu_by_thread(::getpid());
    const clock::time_point begin = clock::now();
    turn(out, begin + options_.period);
    out.took = clock::now() - begin;
    out.server_cpu = cpu_by_thread(options_.server);
    for (auto& [thread, used] : out.server_cpu) {
        const auto before = server.find(thread);
        if (before != server.end()) used -= before->second;
    }
    out.own_cpu = used_since(own, cpu_by_thread(::getpid()));
    measuring_ = false;
    finish(out);
    return out;
}

/// Answers events until the time is over, everybody has finished or something is wrong.
void driver::turn(figures& out, clock::time_point until) {
    std::array<epoll_event, 256> events;
    while (out.fault.empty() && finished_ < connections_.size()) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
        if (left <= 0) return;
        const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                       static_cast<int>(left));
        for (int i = 0; i < ready; ++i)
            if (!receive(connections_[events[static_cast<std::size_t>(i)].data.u64], out)) return;
    }
}

/// Lets every connection release what it holds. A request without a reply is wrong, too.
void driver::finish(figures& out) {
    if (!out.fault.empty()) return;
    finishing_ = true;
    turn(out, clock::now() + finish_time);
    if (out.fault.empty() && finished_ < connections_.size())
        out.fault = "requests were not answered within ten seconds";
}

bool driver::send(connection& to, clock::time_point now, figures& out) {
    to.sent = now;
    const std::string_view batch = to.client.batch();
    // The socket's buffer is empty, since every request before has been answered, and larger than
    // any batch.
    if (::write(to.socket.get(), batch.data(), batch.size()) == static_cast<ssize_t>(batch.size()))
        return true;
    out.fault = "a request cannot be sent: " + std::string(std::strerror(errno));
    return false;
}

bool driver::receive(connection& from, figures& out) {
    const ssize_t got = ::read(from.socket.get(), buffer_.data(), buffer_.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (got <= 0) {
        out.fault = got == 0 ? "the server has closed a connection"
                             : "a reply cannot be read: " + std::string(std::strerror(errno));
        return false;
    }
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
    const std::optional<unsigned> replies = from.client.received(bytes);
    if (!replies) {
        out.fault = from.client.fault();
        return false;
    }
    const clock::time_point now = clock::now();
    if (measuring_) {
        out.requests += *replies;
        const auto took = std::chrono::nanoseconds(now - from.sent).count();
        out.latency_ns.record(static_cast<std::uint64_t>(took), *replies);
    }
    if (!from.client.batch_done()) return true;
    if (finishing_ && from.client.holds_nothing()) {
        ++finished_;
        return true;
    }
    return send(from, now, out);
}

}  // namespace admit::bench
