#include "client/run/exit_status.hpp"

namespace admit::client::exit_status {

int of(const failure& f) noexcept {
    if (f.why == cause::given_up) return failed;
    if (f.why != cause::refused) return unreachable;
    switch (f.answer.code) {
        case errc::cancelled:
            return not_admitted;
        case errc::unknown_lease:
            return lease_lost;
        // The line is right, the pool is just not free.
        case errc::pool_in_use:
        case errc::not_found:
            return failed;
        default:
            break;
    }
    switch (status(f.answer.code)) {
        case 400:
        case 404:
        case 409:
        case 422:
            return usage;
        case 408:
        case 500:
        case 503:
            return unreachable;
        case 410:
            return lease_lost;
        case 429:
            return not_admitted;
        default:
            return failed;
    }
}

}  // namespace admit::client::exit_status
