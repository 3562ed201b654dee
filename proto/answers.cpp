#include "proto/answers.hpp"

#include "proto/names.hpp"

namespace admit {

namespace {

constexpr std::array<std::string_view, 7> statuses{
    "renewed", "released", "already_released", "expired", "evicted", "ended", "unknown"};

/// What a single handle's status is answered with where it is an error.
problem gone(lease_status status) {
    switch (status) {
        case lease_status::released:
        case lease_status::already_released:
            return {.code = errc::lease_released, .detail = "the lease was released"};
        case lease_status::expired:
            return {.code = errc::lease_expired,
                    .detail = "the lease's ttl_ms passed without a renewal, or it was taken back"};
        case lease_status::evicted:
            return {.code = errc::lease_evicted, .detail = "an operator took the lease back"};
        case lease_status::ended:
            return {.code = errc::lease_ended,
                    .detail = "the lease is over; how it ended is no longer remembered"};
        case lease_status::renewed:
        case lease_status::unknown:
            break;
    }
    return {.code = errc::unknown_lease, .detail = "the handle is not one of this server's"};
}

}  // namespace

std::string_view name(lease_status value) noexcept { return names::at(statuses, value); }

std::optional<lease_status> lease_status_of(std::string_view word) noexcept {
    return names::find<lease_status>(statuses, word);
}

std::optional<problem> problem_of(const renewed& value) {
    if (!value.single || value.leases.empty()) { return std::nullopt; }
    const lease_status status = value.leases.front().status;
    if (status == lease_status::renewed) { return std::nullopt; }
    return gone(status);
}

std::optional<problem> problem_of(const released& value) {
    if (!value.single || value.leases.empty()) { return std::nullopt; }
    const lease_status status = value.leases.front().status;
    if (status == lease_status::released || status == lease_status::already_released) {
        return std::nullopt;
    }
    return gone(status);
}

}  // namespace admit
