#include "server/http/respond.hpp"

#include "server/http/limits.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

namespace admit::http {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view problem_type = "application/problem+json";

std::string_view reason(int status) noexcept {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "";
    }
}

void add_number(std::string& out, std::int64_t number) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

/// Every field passes here whose value is not a constant or digits. A value that could end its line
/// is a bug of ours, and is left out.
void add_field(std::string& out, std::string_view name, std::string_view value) {
    const bool one_line = std::none_of(value.begin(), value.end(),
                                       [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    assert(one_line);
    if (!one_line) return;
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

/// The status line of what most requests are answered, and of anything else.
void begin_header(std::string& out, int status, const envelope& how) {
    if (status == 200) {
        out += "HTTP/1.1 200 OK\r\n";
    } else {
        out += "HTTP/1.1 ";
        add_number(out, status);
        out += ' ';
        out += reason(status);
        out += "\r\n";
    }
    if (!how.date.empty()) {
        out += "Date: ";
        out += how.date;  // ours: letters and digits
        out += "\r\n";
    }
    out += "Cache-Control: no-store\r\n";
    if (how.close) out += "Connection: close\r\n";
}

void add_body(std::string& out, std::string_view type, std::string_view body, const envelope& how) {
    out += "Content-Type: ";
    out += type;
    out += "\r\nContent-Length: ";
    add_number(out, static_cast<std::int64_t>(body.size()));
    out += "\r\n\r\n";
    if (!how.head) out += body;
}

int status_of(const admit::answer& what) {
    if (std::holds_alternative<done>(what)) return 204;
    if (std::holds_alternative<queued>(what)) return 202;
    const auto* pool = std::get_if<pool_answer>(&what);
    return pool != nullptr && pool->created ? 201 : 200;
}

}  // namespace

int respond(const admit::answer& what, const handle_maker& handles, const envelope& how,
            std::string& out) {
    if (const std::optional<admit::problem> problem = problem_of(what))
        return respond(*problem, {}, how, out);
    const int status = status_of(what);
    begin_header(out, status, how);
    if (status == 204) {
        out += "\r\n";
        return status;
    }
    if (const auto* pool = std::get_if<pool_answer>(&what)) {
        out += "ETag: \"";
        add_number(out, static_cast<std::int64_t>(pool->pool.version));
        out += "\"\r\n";
    }
    how.scratch->clear();
    encode(what, handles, *how.scratch);
    add_body(out, json_type, *how.scratch, how);
    return status;
}

int respond(const admit::problem& what, std::string_view allow, const envelope& how,
            std::string& out) {
    const int status = admit::status(what.code);
    begin_header(out, status, how);
    if (!allow.empty()) add_field(out, "Allow", allow);
    how.scratch->clear();
    if (status == 429 || status == 503) {
        admit::problem hinted = what;
        if (hinted.retry_after_ms <= 0) hinted.retry_after_ms = limits::retry_after_ms_default;
        out += "Retry-After: ";
        add_number(out, retry_after_seconds(hinted.retry_after_ms));
        out += "\r\n";
        encode(hinted, *how.scratch);
    } else {
        encode(what, *how.scratch);
    }
    add_body(out, problem_type, *how.scratch, how);
    return status;
}

int respond_allow(std::string_view allow, const envelope& how, std::string& out) {
    begin_header(out, 204, how);
    add_field(out, "Allow", allow);
    out += "\r\n";
    return 204;
}

int respond_text(std::string_view media_type, std::string_view body, const envelope& how,
                 std::string& out) {
    begin_header(out, 200, how);
    add_body(out, media_type, body, how);
    return 200;
}

int respond_begin(std::string_view media_type, std::optional<std::uint64_t> length,
                  const envelope& how, std::string& out) {
    begin_header(out, 200, how);
    add_field(out, "Content-Type", media_type);
    if (length) {
        out += "Content-Length: ";
        add_number(out, static_cast<std::int64_t>(*length));
        out += "\r\n";
    }
    out += "\r\n";
    return 200;
}

admit::token granted(const admit::answer& what) noexcept {
    const auto* yes = std::get_if<acquired>(&what);
    return yes == nullptr ? 0 : yes->token;
}

std::int64_t retry_after_seconds(std::int64_t ms) noexcept {
    return std::clamp<std::int64_t>((ms + 999) / 1000, 1, limits::retry_after_seconds_max);
}

}  // namespace admit::http
