#include "bench/load/requests.hpp"

#include <cstring>

namespace admit::bench {
namespace {

/// The longest handle: 16 digits of a token below 2^53, a point, 22 characters of a MAC.
constexpr std::size_t handle_bytes_max = 39;

}  // namespace

std::string request(std::string_view method, std::string_view path, std::string_view host,
                    std::string_view body) {
    std::string out(method);
    out += ' ';
    out += path;
    out += " HTTP/1.1\r\nHost: ";
    out += host;
    out += "\r\nContent-Type: application/json\r\nContent-Length: ";
    out += std::to_string(body.size());
    out += "\r\n\r\n";
    out += body;
    return out;
}

requests::requests(unsigned depth, std::string_view host, std::string_view pool,
                   std::string_view worker) {
    std::string body = R"({"pool":")";
    body += pool;
    body += R"(","worker":")";
    body += worker;
    body += R"("})";
    const std::string acquire = request("POST", "/v1/acquire", host, body);

    // What a handle leaves free of its place, JSON lets be spaces: the length stays what it is.
    const std::string_view begin = R"({"handle":")";
    body = begin;
    const std::size_t handle_in_body = body.size();
    body.append(handle_bytes_max + 1, ' ');
    body += '}';
    const std::string release = request("POST", "/v1/release", host, body);
    release_size_ = release.size();
    handle_at_ = release.size() - body.size() + handle_in_body;

    for (unsigned i = 0; i < depth; ++i) {
        acquires_ += acquire;
        releases_ += release;
    }
}

bool requests::set_handle(unsigned at, std::string_view handle) noexcept {
    if (handle.size() > handle_bytes_max) return false;
    char* const place = releases_.data() + at * release_size_ + handle_at_;
    std::memcpy(place, handle.data(), handle.size());
    place[handle.size()] = '"';
    std::memset(place + handle.size() + 1, ' ', handle_bytes_max - handle.size());
    return true;
}

}  // namespace admit::bench
