// What an ordinary server says to the library, and an ordinary wish.
#pragma once

#include "client/blocking_client.hpp"
#include "tests/client/support/fake_server.hpp"

#include <optional>
#include <string>

namespace admit::client::testing {

/// What makes a client of this server alone.
inline client_options only(const fake_server& server,
                           std::chrono::milliseconds patience = std::chrono::seconds{5}) {
    client_options o;
    o.servers = {server.address()};
    o.patience = patience;
    return o;
}

inline acquire_options wanted(
    std::optional<std::chrono::milliseconds> wait = std::chrono::milliseconds{0}) {
    acquire_options o;
    o.pool = "db";
    o.worker = "w1";
    o.wait = wait;
    return o;
}

inline const std::string renewed_json =
    R"({"token":17,"status":"renewed","ttl_ms":30000,"renew_in_ms":10000,"floor":17})";
inline const std::string released_json =
    R"({"status":"released","token":17,"held_ms":5,"pools":[{"pool":"db","active":0,"limit":2}]})";

inline fake_reply ordinary(const fake_request& r) {
    if (r.target == "/v1/acquire") return answer(200, granted_json(30'000, 10'000));
    if (r.target == "/v1/renew") return answer(200, renewed_json);
    if (r.target == "/v1/release") return answer(200, released_json);
    if (r.target == "/v1/cancel") return answer(200, R"({"status":"cancelled"})");
    if (r.method == "PUT")
        return answer(200, R"({"pool":"p","version":1,"source":"api","limit":2,"active":0,)"
                           R"("waiting":0,"unclaimed":0,"mode":"open","over_limit_by":0,)"
                           R"("stats":{}})");
    if (r.method == "DELETE") return {"HTTP/1.1 204 No Content\r\n\r\n"};
    return answer(200, R"({"pools":[]})");
}

}  // namespace admit::client::testing
