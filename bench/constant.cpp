// Column a: what one core can do at best. A bare epoll loop that tells acquire from release by one
// letter and answers each with a constant of the size and shape that admitd's answers have. One
// read and one write for a batch of requests, and no system call to change what is waited for.
#include "bench/support/socket.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <exception>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace admit::bench;

std::string ok(std::string_view body) {
    return "HTTP/1.1 200 OK\r\n"
           "Date: Thu, 26 Nov 2026 12:00:00 GMT\r\n"
           "Cache-Control: no-store\r\n"
           "Content-Type: application/json\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

const std::string acquired =
    ok(R"({"status":"acquired","handle":"251520440336384.s2pPOfJ48BocEP_q9PlcXQ",)"
       R"("token":251520440336384,"request_id":"JjrFsdrGoN878ooHz46b0A","worker":"worker-000000",)"
       R"("pools":[{"pool":"bench","slots":1,"active":1,"limit":32,"floor":251520440336384}],)"
       R"("ttl_ms":30000,"renew_in_ms":10000,"waited_ms":0})");
const std::string released = ok(R"({"status":"released","token":251520440336384,"held_ms":0,)"
                                R"("pools":[{"pool":"bench","active":0,"limit":32}]})");

constexpr std::string_view acquire_line = "POST /v1/a";
constexpr std::string_view release_line = "POST /v1/r";
constexpr std::string_view header_end = "\r\n\r\n";
constexpr std::string_view length_field = "\r\nContent-Length: ";

/// How long the request at the front is; 0 where it is not there as a whole.
std::size_t request_size(std::string_view bytes) {
    const std::size_t header = bytes.find(header_end);
    if (header == std::string_view::npos) return 0;
    std::size_t body = 0;
    const std::size_t length = bytes.substr(0, header).find(length_field);
    if (length != std::string_view::npos) {
        const char* const digits = bytes.data() + length + length_field.size();
        std::from_chars(digits, bytes.data() + header, body);
    }
    const std::size_t size = header + header_end.size() + body;
    return size <= bytes.size() ? size : 0;
}

struct connection {
    descriptor socket;
    std::string rest;  ///< the beginning of a request
};

class server {
public:
    explicit server(descriptor listener) : listener_(std::move(listener)) {
        watch(epoll_, listener_, 0);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events;
        while (true) {
            const int ready =
                ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < ready; ++i) {
                const std::uint64_t which = events[static_cast<std::size_t>(i)].data.u64;
                if (which == 0)
                    accept();
                else if (connection& each = *reinterpret_cast<connection*>(which); !serve(each))
                    connections_.erase(each.socket.get());
            }
        }
    }

private:
    void accept() {
        descriptor socket = accept_from(listener_, true);
        const int number = socket.get();
        connection& made = connections_[number];
        made.socket = std::move(socket);
        watch(epoll_, made.socket, reinterpret_cast<std::uint64_t>(&made));
    }

    /// False where the client has gone, or says what this server does not understand.
    bool serve(connection& from) {
        const ssize_t got = ::read(from.socket.get(), in_.data(), in_.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
        if (got <= 0) return false;
        std::string_view bytes(in_.data(), static_cast<std::size_t>(got));
        if (!from.rest.empty()) bytes = from.rest += bytes;
        out_.clear();
        while (const std::size_t size = request_size(bytes)) {
            if (bytes.starts_with(acquire_line))
                out_ += acquired;
            else if (bytes.starts_with(release_line))
                out_ += released;
            else
                return false;
            bytes.remove_prefix(size);
        }
        from.rest = std::string(bytes);
        return write_all(from.socket, out_);
    }

    descriptor listener_;
    descriptor epoll_ = make_epoll();
    /// By its descriptor; a map, so that the places of the connections stay.
    std::map<int, connection> connections_;
    std::array<char, 64 * 1024> in_;
    std::string out_;
};

}  // namespace

int main() try {
    descriptor listener = listen_anywhere();
    std::cout << "constant listening on 127.0.0.1:" << port_of(listener) << std::endl;
    server(std::move(listener)).run();
} catch (const std::exception& e) {
    std::cerr << "constant: " << e.what() << '\n';
    return 1;
}
