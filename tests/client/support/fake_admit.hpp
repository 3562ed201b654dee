// What the tests of the command line want a server to say, with what they want to change.
#pragma once

#include "tests/client/support/fake_server.hpp"

#include <atomic>

namespace admit::client::testing {

/// A pool with a free slot. Each answer can be replaced while it runs.
struct fake_admit {
    std::atomic<std::int64_t> ttl_ms{30'000};
    std::atomic<std::int64_t> renew_in_ms{10'000};
    /// Instead of a renewal: this status and code, until it is 0 again.
    std::atomic<int> renew_status{0};
    std::atomic<const char*> renew_code{"lease_expired"};
    /// Nobody is admitted, and no acquire is answered.
    std::atomic<bool> full{false};

    fake_reply operator()(const fake_request& r) const {
        if (r.target == "/v1/acquire")
            return full ? silence() : answer(200, granted_json(ttl_ms, renew_in_ms));
        if (r.target == "/v1/renew" && renew_status != 0)
            return answer(renew_status, problem_json(renew_status, renew_code.load()));
        if (r.target == "/v1/renew")
            return answer(200, R"({"token":17,"status":"renewed","ttl_ms":)" +
                                   std::to_string(ttl_ms) +
                                   ",\"renew_in_ms\":" + std::to_string(renew_in_ms) + "}");
        if (r.target == "/v1/release")
            return answer(200, R"({"status":"released","token":17,"held_ms":5,)"
                               R"("pools":[{"pool":"db","active":0,"limit":2}]})");
        if (r.target == "/v1/cancel") return answer(200, R"({"status":"cancelled"})");
        return answer(404, problem_json(404, "not_found"));
    }

    fake_server::handler handler() {
        return [this](const fake_request& r) { return (*this)(r); };
    }
};

}  // namespace admit::client::testing
