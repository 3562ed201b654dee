// A scripted server that grants any number of leases and renews several in one call.
#pragma once

#include "tests/client/support/ordinary.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace admit::client::testing {

/// The handles that a request names, in its order. They look like `12.secret`.
inline std::vector<std::string> handles_in(const std::string& body) {
    std::vector<std::string> out;
    for (std::size_t at = body.find(".secret"); at != std::string::npos;
         at = body.find(".secret", at + 1)) {
        const std::size_t quote = body.rfind('"', at);
        out.push_back(body.substr(quote + 1, at - quote - 1) + ".secret");
    }
    return out;
}

/// Called on the server's threads.
class many_leases {
public:
    many_leases(std::int64_t ttl_ms, std::int64_t renew_in_ms)
        : ttl_ms_(ttl_ms), renew_in_ms_(renew_in_ms) {}

    fake_reply operator()(const fake_request& r) {
        const std::lock_guard lock{mutex_};
        if (r.target == "/v1/acquire") return granted(++last_);
        if (r.target != "/v1/renew") return ordinary(r);
        const std::vector<std::string> handles = handles_in(r.body);
        if (handles.size() == 1) return one(handles.front());
        std::string rows;
        for (const std::string& each : handles)
            rows += (rows.empty() ? "" : ",") + row(each);
        return answer(200, "{\"leases\":[" + rows + "]}");
    }
    /// The next renewal of that lease says so.
    void evict(const std::string& handle) {
        const std::lock_guard lock{mutex_};
        evicted_.insert(handle);
    }

private:
    fake_reply granted(int token) const {
        const std::string number = std::to_string(token);
        return answer(200, R"({"status":"acquired","handle":")" + number + R"(.secret","token":)" +
                               number +
                               R"(,"request_id":"r","worker":"w","pools":[{"pool":"db","slots":1,)"
                               R"("active":1,"limit":9,"floor":1}],"waited_ms":0,)" +
                               times() + "}");
    }
    fake_reply one(const std::string& handle) const {
        if (evicted_.count(handle) != 0) return answer(410, problem_json(410, "lease_evicted"));
        return answer(200, row(handle));
    }
    std::string row(const std::string& handle) const {
        const std::string token = "{\"token\":" + handle.substr(0, handle.find('.'));
        if (evicted_.count(handle) != 0) return token + R"(,"status":"evicted"})";
        return token + R"(,"status":"renewed","floor":1,)" + times() + "}";
    }
    std::string times() const {
        return "\"ttl_ms\":" + std::to_string(ttl_ms_) +
               ",\"renew_in_ms\":" + std::to_string(renew_in_ms_);
    }

    const std::int64_t ttl_ms_;
    const std::int64_t renew_in_ms_;
    std::mutex mutex_;
    int last_ = 0;
    std::set<std::string> evicted_;
};

/// How many requests a server has had for this target.
inline int count(const fake_server& server, std::string_view target) {
    const std::vector<fake_request> all = server.requests();
    return static_cast<int>(std::count_if(
        all.begin(), all.end(), [&](const fake_request& r) { return r.target == target; }));
}

}  // namespace admit::client::testing
