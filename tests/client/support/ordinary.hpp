// What an ordinary server says to the library, and an ordinary wish.
#pragma once

#include "client/client.hpp"
#include "tests/client/support/fake_server.hpp"

#include <optional>
#include <string>

namespace admit::client::testing {

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
    if (r.method == "DELETE") return {"HTTP/1.1 204 No Content\r\n\r\n"};
    return answer(200, R"({"pools":[]})");
}

}  // namespace admit::client::testing
