#include "tests/client/support/fake_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace admit::client::testing {
namespace {

using clock = std::chrono::steady_clock;

/// Reads one request with a Content-Length or none; false at the end of the connection.
bool read_request(int fd, std::string& buffer, fake_request& out) {
    const auto more = [&] {
        char bytes[4096];
        const ssize_t got = ::recv(fd, bytes, sizeof bytes, 0);
        if (got > 0) buffer.append(bytes, static_cast<std::size_t>(got));
        return got > 0;
    };
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
        if (!more()) return false;
    out.head = buffer.substr(0, end + 2);
    const std::size_t space = out.head.find(' ');
    out.method = out.head.substr(0, space);
    out.target = out.head.substr(space + 1, out.head.find(' ', space + 1) - space - 1);
    const std::size_t field = out.head.find("Content-Length: ");
    const std::size_t length =
        field == std::string::npos ? 0 : std::strtoul(out.head.c_str() + field + 16, nullptr, 10);
    buffer.erase(0, end + 4);
    while (buffer.size() < length)
        if (!more()) return false;
    out.body = buffer.substr(0, length);
    buffer.erase(0, length);
    return true;
}

}  // namespace

std::string http_answer(int status, std::string_view body, std::string_view more_headers) {
    return "HTTP/1.1 " + std::to_string(status) + " Whatever\r\n" + std::string{more_headers} +
           "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string{body};
}

fake_reply answer(int status, std::string_view body) {
    fake_reply reply;
    reply.bytes = http_answer(status, body);
    return reply;
}

fake_reply silence() {
    fake_reply reply;
    reply.delay = std::chrono::minutes{10};
    return reply;
}

std::string granted_json(std::int64_t ttl_ms, std::int64_t renew_in_ms) {
    return R"({"status":"acquired","handle":"17.secret","token":17,"request_id":"r","worker":"w",)"
           R"("pools":[{"pool":"db","slots":1,"active":1,"limit":2,"floor":17}],"ttl_ms":)" +
           std::to_string(ttl_ms) + ",\"renew_in_ms\":" + std::to_string(renew_in_ms) +
           ",\"waited_ms\":0}";
}

std::string problem_json(int status, std::string_view code, std::string_view more) {
    return R"({"type":"about:blank","title":"No","status":)" + std::to_string(status) +
           R"(,"detail":"because","code":")" + std::string{code} + "\"" + std::string{more} + "}";
}

std::string member(std::string_view json, std::string_view name) {
    const std::string key = "\"" + std::string{name} + "\":\"";
    const std::size_t at = json.find(key);
    if (at == std::string_view::npos) return {};
    const std::size_t from = at + key.size();
    return std::string{json.substr(from, json.find('"', from) - from)};
}

fake_server::fake_server(handler h, std::uint16_t port) : handler_(std::move(h)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&where), size) != 0 ||
        ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&where), &size) != 0)
        throw std::runtime_error("no port for the fake server");
    port_ = ntohs(where.sin_port);
    acceptor_ = std::thread{[this] { accept_all(); }};
}

fake_server::~fake_server() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        for (const int fd : open_)
            ::shutdown(fd, SHUT_RDWR);
    }
    changed_.notify_all();
    acceptor_.join();
    for (std::thread& t : threads_)
        t.join();
    ::close(listener_);
}

std::vector<fake_request> fake_server::requests() const {
    const std::lock_guard lock{mutex_};
    return requests_;
}

fake_request fake_server::wait_for(std::string_view target, int count) {
    std::unique_lock lock{mutex_};
    const auto enough = [&] {
        return std::count_if(requests_.begin(), requests_.end(),
                             [&](const fake_request& r) { return r.target == target; }) >= count;
    };
    if (!changed_.wait_for(lock, std::chrono::seconds{10}, enough))
        throw std::runtime_error("nobody asked for " + std::string{target});
    return *std::find_if(requests_.rbegin(), requests_.rend(),
                         [&](const fake_request& r) { return r.target == target; });
}

void fake_server::accept_all() {
    for (;;) {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        const std::lock_guard lock{mutex_};
        if (stopping_) {
            ::close(fd);
            return;
        }
        open_.push_back(fd);
        const int number = ++connections_;
        threads_.emplace_back([this, fd, number] { serve(fd, number); });
    }
}

void fake_server::serve(int fd, int connection) {
    std::string buffer;
    fake_request request;
    while (read_request(fd, buffer, request)) {
        request.connection = connection;
        {
            const std::lock_guard lock{mutex_};
            request.number = static_cast<int>(requests_.size()) + 1;
            requests_.push_back(request);
        }
        changed_.notify_all();
        const fake_reply reply = handler_(request);
        if (!pause(fd, reply.delay)) break;
        if (!send(fd, reply)) break;
        if (reply.close || reply.cut_at < reply.bytes.size()) break;
    }
    const std::lock_guard lock{mutex_};
    open_.erase(std::find(open_.begin(), open_.end(), fd));
    ::close(fd);
}

/// False where the connection or the server came to its end between two bytes.
bool fake_server::send(int fd, const fake_reply& reply) {
    const std::string bytes = reply.bytes.substr(0, reply.cut_at);
    if (reply.every.count() == 0) {
        ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        return true;
    }
    for (const char& each : bytes) {
        ::send(fd, &each, 1, MSG_NOSIGNAL);
        if (!pause(fd, reply.every)) return false;
    }
    return true;
}

/// False where the connection or the server came to its end meanwhile.
bool fake_server::pause(int fd, std::chrono::milliseconds delay) {
    const clock::time_point until = clock::now() + delay;
    while (clock::now() < until) {
        pollfd watched{fd, POLLIN | POLLRDHUP, 0};
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count() + 1;
        ::poll(&watched, 1, static_cast<int>(left));
        if ((watched.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) return false;
    }
    return true;
}

}  // namespace admit::client::testing
