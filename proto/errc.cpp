#include "proto/errc.hpp"

#include <array>

namespace admit {

namespace {

struct row {
    errc code;
    int status;
    std::string_view name;
    std::string_view title;
};

// clang-format off
constexpr std::array<row, errc_count> rows{{
    {errc::bad_request, 400, "bad_request", "Request is malformed"},
    {errc::unauthenticated, 401, "unauthenticated", "Credentials are missing or wrong"},
    {errc::forbidden, 403, "forbidden", "Not allowed"},
    {errc::cross_origin, 403, "cross_origin", "Request comes from a foreign web page"},
    {errc::unknown_pool, 404, "unknown_pool", "No such pool"},
    {errc::unknown_lease, 404, "unknown_lease", "No such lease"},
    {errc::unknown_waiter, 404, "unknown_waiter", "No such waiter"},
    {errc::not_found, 404, "not_found", "No such path"},
    {errc::method_not_allowed, 405, "method_not_allowed", "Method is not allowed"},
    {errc::request_timeout, 408, "request_timeout", "Request took too long to arrive"},
    {errc::payload_too_large, 413, "payload_too_large", "Body is too large"},
    {errc::uri_too_long, 414, "uri_too_long", "Target is too long"},
    {errc::unsupported_media_type, 415, "unsupported_media_type", "Encoding is not supported"},
    {errc::expectation_failed, 417, "expectation_failed", "Expectation is not supported"},
    {errc::header_fields_too_large, 431, "header_fields_too_large", "Header is too large"},
    {errc::not_implemented, 501, "not_implemented", "Not implemented"},
    {errc::http_version_not_supported, 505, "http_version_not_supported",
     "HTTP version is not supported"},
    {errc::request_mismatch, 409, "request_mismatch", "Request id was used differently"},
    {errc::request_ended, 409, "request_ended", "Request id's admission is over"},
    {errc::pool_in_use, 409, "pool_in_use", "Pool is in use"},
    {errc::cancelled, 409, "cancelled", "Request was cancelled"},
    {errc::lease_expired, 410, "lease_expired", "Lease has expired"},
    {errc::lease_evicted, 410, "lease_evicted", "Lease was evicted"},
    {errc::lease_released, 410, "lease_released", "Lease was released"},
    {errc::lease_ended, 410, "lease_ended", "Lease has ended"},
    {errc::precondition_failed, 412, "precondition_failed", "Precondition does not hold"},
    {errc::slots_exceed_limit, 422, "slots_exceed_limit", "More slots than the pool's limit"},
    {errc::settings_conflict, 422, "settings_conflict", "Settings contradict each other"},
    {errc::too_many_pools, 422, "too_many_pools", "Too many pools"},
    {errc::pool_full, 429, "pool_full", "Pool is full"},
    {errc::wait_timeout, 429, "wait_timeout", "Not admitted in time"},
    {errc::queue_full, 429, "queue_full", "Line is full"},
    {errc::paused, 429, "paused", "Pool is paused"},
    {errc::draining, 429, "draining", "Pool is draining"},
    {errc::internal, 500, "internal", "Internal error"},
    {errc::shutting_down, 503, "shutting_down", "Server is shutting down"},
    {errc::not_ready, 503, "not_ready", "Server is not ready"},
    {errc::overloaded, 503, "overloaded", "Server is overloaded"},
    {errc::outcome_unknown, 503, "outcome_unknown", "Outcome is unknown"},
}};
// clang-format on

constexpr bool rows_follow_the_enum() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].code) != i || rows[i].name.empty()) { return false; }
    }
    return true;
}
static_assert(rows_follow_the_enum());

const row& row_of(errc code) noexcept { return rows[static_cast<std::size_t>(code)]; }

}  // namespace

std::string_view name(errc code) noexcept { return row_of(code).name; }
int status(errc code) noexcept { return row_of(code).status; }
std::string_view title(errc code) noexcept { return row_of(code).title; }

std::optional<errc> errc_of(std::string_view name) noexcept {
    for (const row& each : rows) {
        if (each.name == name) { return each.code; }
    }
    return std::nullopt;
}

}  // namespace admit
