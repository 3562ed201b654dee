// A single renewal or release that came too late, as the problem that it is.
#include "server/http/respond.hpp"

namespace admit::http {
namespace {

admit::problem gone(errc code, admit::token token, std::string_view how) {
    std::string detail;
    if (token == 0) {
        detail = "the handle is not one of this server's";
    } else {
        detail = "the lease with token " + std::to_string(token) + ' ';
        detail += how;
    }
    return {code, std::move(detail), {}, {}, 0};
}

/// What every call about a single lease says of one that ended by itself.
std::optional<admit::problem> ended_by_itself(admit::token token, lease_status status) {
    switch (status) {
        case lease_status::expired:
            return gone(errc::lease_expired, token, "expired: no renewal came in time");
        case lease_status::evicted:
            return gone(errc::lease_evicted, token, "was evicted by an operator");
        case lease_status::unknown:
            return gone(errc::unknown_lease, token, "is not known");
        default:
            return std::nullopt;
    }
}

std::optional<admit::problem> problem_of(const renewed_lease& lease) {
    switch (lease.status) {
        case lease_status::released:
        case lease_status::already_released:
            return gone(errc::lease_released, lease.token, "was released before");
        // Only a release tells a lease of long ago from one that never was.
        case lease_status::ended:
            return gone(errc::unknown_lease, lease.token, "ended long ago");
        default:
            return ended_by_itself(lease.token, lease.status);
    }
}

std::optional<admit::problem> problem_of(const released_lease& lease) {
    if (lease.status == lease_status::ended)
        return gone(errc::lease_ended, lease.token,
                    "ended, and how is no longer remembered; it holds no slots");
    return ended_by_itself(lease.token, lease.status);
}

}  // namespace

std::optional<admit::problem> problem_of(const admit::answer& what) {
    if (const auto* problem = std::get_if<admit::problem>(&what)) return *problem;
    if (const auto* renewal = std::get_if<renewed>(&what); renewal && renewal->single)
        return renewal->leases.empty() ? std::nullopt : problem_of(renewal->leases.front());
    if (const auto* release = std::get_if<released>(&what); release && release->single)
        return release->leases.empty() ? std::nullopt : problem_of(release->leases.front());
    return std::nullopt;
}

}  // namespace admit::http
