#include "bench/parked/crowd.hpp"

#include "bench/load/reply.hpp"
#include "bench/load/requests.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

namespace admit::bench {
namespace {

using clock = std::chrono::steady_clock;

/// An address has 28 000 ports for connections to one server, unless it is set up otherwise.
constexpr std::size_t members_per_address = 20'000;
constexpr std::chrono::seconds answer_time{30};
constexpr std::string_view name_begin = "waiter-";

/// 127.0.0.1 for the first 20 000, 127.0.0.2 for the next ones, and so on.
std::string source_of(std::size_t member) {
    return "127.0.0." + std::to_string(1 + member / members_per_address);
}

}  // namespace

crowd::crowd(endpoint server, std::string_view pool)
    : server_(std::move(server)), host_(server_.text()), pool_(pool), epoll_(make_epoll()) {}

std::size_t crowd::member_of(std::string_view worker) {
    std::size_t out = nobody;
    if (worker.starts_with(name_begin)) {
        worker.remove_prefix(name_begin.size());
        std::from_chars(worker.data(), worker.data() + worker.size(), out);
    }
    return out;
}

void crowd::join() {
    const std::size_t number = members_.size();
    members_.push_back({connect_to(server_, source_of(number)), {}});
    const descriptor& socket = members_.back().socket;
    make_non_blocking(socket);
    watch(epoll_, socket, number);
    const std::string body = R"({"pool":")" + pool_ + R"(","worker":")" + std::string(name_begin) +
                             std::to_string(number) + R"(","wait_ms":3600000})";
    // Where the server has turned it away at once, `listen` will tell.
    write_all(socket, request("POST", "/v1/acquire", host_, body));
}

void crowd::listen() {
    while (turn({}))
        continue;
}

void crowd::begin() {
    expected_ = 0;
    await();
}

std::chrono::nanoseconds crowd::hand_over_to(std::size_t next) {
    expected_ = next;
    releasing_ = std::exchange(holder_, nobody);
    const std::string bytes =
        request("POST", "/v1/release", host_, R"({"handle":")" + handle_ + R"("})");
    const clock::time_point began = clock::now();
    if (!write_all(members_[releasing_].socket, bytes))
        throw std::runtime_error("a release cannot be sent");
    await();
    return admitted_ - began;
}

void crowd::await() {
    const clock::time_point until = clock::now() + answer_time;
    while (expected_ != nobody || releasing_ != nobody) {
        if (clock::now() > until)
            throw std::runtime_error("nobody was admitted within thirty seconds");
        turn(answer_time);
    }
}

bool crowd::turn(std::chrono::milliseconds at_most) {
    std::array<epoll_event, 64> events;
    const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   static_cast<int>(at_most.count()));
    for (int i = 0; i < ready; ++i)
        receive(static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64));
    return ready > 0;
}

void crowd::receive(std::size_t from) {
    member& who = members_[from];
    std::array<char, 4096> buffer;
    const ssize_t got = ::read(who.socket.get(), buffer.data(), buffer.size());
    const clock::time_point now = clock::now();
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        who.socket = {};
        ++turned_away_;
        return;
    }
    who.bytes.append(buffer.data(), static_cast<std::size_t>(got));
    const std::optional<reply> whole = read_reply(who.bytes);
    if (whole && whole->size == 0) return;
    if (whole && whole->status.starts_with("503")) {
        who = {};
        ++turned_away_;
        return;
    }
    if (!whole || whole->status != "200 OK")
        throw std::runtime_error("a wrong reply: " + who.bytes);
    if (from == expected_) admitted_ = now;
    take(from, whole->body);
    who.bytes = {};
}

void crowd::take(std::size_t from, std::string_view body) {
    if (from == releasing_) {
        if (!read_released(body)) throw std::runtime_error("not a release: " + std::string(body));
        releasing_ = nobody;
        return;
    }
    const std::optional<acquired> lease = read_acquired(body);
    if (!lease || lease->token != token_of(lease->handle) || lease->pool.active != 1)
        throw std::runtime_error("not a lease: " + std::string(body));
    if (from != expected_) throw std::runtime_error("the wrong one: " + std::string(body));
    holder_ = std::exchange(expected_, nobody);
    handle_ = lease->handle;
}

}  // namespace admit::bench
