// A server that a test scripts: it says what each request gets, down to the byte at which the
// connection breaks. Threads and blocking sockets, on purpose nothing that the client uses too.
#pragma once

#include "client/address.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace admit::client::testing {

struct fake_request {
    int connection = 0;  ///< counts from 1
    int number = 0;      ///< of all requests, counts from 1
    std::string method;
    std::string target;
    std::string head;
    std::string body;
};

struct fake_reply {
    std::string bytes;
    /// So many of them are sent; then the connection ends.
    std::size_t cut_at = std::numeric_limits<std::size_t>::max();
    /// Before the first byte; an end of the connection or of the server ends it too.
    std::chrono::milliseconds delay{0};
    bool close = false;
    /// Between the bytes, where it is not 0.
    std::chrono::milliseconds every{0};
};

/// One HTTP answer with a Content-Length.
std::string http_answer(int status, std::string_view body, std::string_view more_headers = "");
fake_reply answer(int status, std::string_view body);
/// Says nothing until the client gives up.
fake_reply silence();

/// The answers of a server that grants everything.
std::string granted_json(std::int64_t ttl_ms, std::int64_t renew_in_ms);
std::string problem_json(int status, std::string_view code, std::string_view more = "");
/// The text of a string member of a flat JSON object; empty where there is none.
std::string member(std::string_view json, std::string_view name);

class fake_server {
public:
    using handler = std::function<fake_reply(const fake_request&)>;

    explicit fake_server(handler, std::uint16_t port = 0);
    ~fake_server();
    fake_server(const fake_server&) = delete;
    fake_server& operator=(const fake_server&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    server_address address() const { return {"127.0.0.1", port_}; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

    std::vector<fake_request> requests() const;
    int connections() const noexcept { return connections_; }
    /// Waits up to 10 s until so many requests for this target have come; what came last.
    fake_request wait_for(std::string_view target, int count = 1);

private:
    void accept_all();
    void serve(int fd, int connection);
    bool send(int fd, const fake_reply&);
    bool pause(int fd, std::chrono::milliseconds delay);

    handler handler_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<fake_request> requests_;
    std::vector<int> open_;
    std::vector<std::thread> threads_;
    bool stopping_ = false;
    std::thread acceptor_;
};

}  // namespace admit::client::testing
