// An engine on hand-driven time, journal and loops: everything happens on the test's thread.
#pragma once

#include "server/engine/engine.hpp"
#include "tests/engine/hand_journal.hpp"
#include "tests/engine/hand_time.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace admit::engine::test {

/// A caller that remembers what it was answered; twice is a failure.
class listener final : public caller {
public:
    void answered(core::call_id call, admit::answer&& a) noexcept override;

    bool has(core::call_id call) const { return got.contains(call); }
    /// The answer to the call, if it is a T; a failure if it is not or has not come.
    template <class T>
    T get(core::call_id call) const {
        const auto found = got.find(call);
        if (found == got.end()) {
            ADD_FAILURE() << "no answer to call " << call;
            return {};
        }
        if (const T* value = std::get_if<T>(&found->second))
            return *value;
        ADD_FAILURE() << "call " << call << " was answered " << found->second.index();
        return {};
    }

    std::map<core::call_id, admit::answer> got;
    std::vector<core::call_id> order;
};

struct rig_options {
    std::size_t loops = 1;
    std::size_t slice_records = 256;
    observer* watch = nullptr;
    std::vector<journal::frame> kept = {};  ///< by an earlier process
};

/// Members are in the order of their lifetimes. Starts with a pool `db` of limit 1.
class rig {
public:
    explicit rig(rig_options = {});
    ~rig();
    rig(const rig&) = delete;
    rig& operator=(const rig&) = delete;

    /// Submits on the first loop, or on `home`; what is known at once also goes to the listener.
    submission submit(const core::command&, std::size_t home = 0);
    core::call_id call(const core::command& c, std::size_t home = 0) {
        return submit(c, home).call;
    }
    /// Lets all loops that are not stalled run until they have nothing to do.
    void turn();
    void advance(nanoseconds by) {
        time.advance(by, [this] { turn(); });
    }
    void set_limit(std::int64_t limit, const std::string& pool = "db");
    std::int64_t held(const std::string& pool = "db");

    hand_time time;
    hand_journal log;
    std::vector<std::unique_ptr<loop>> loops;
    std::vector<std::error_code> failures;
    listener heard;
    std::optional<engine> server;

private:
    using guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
    std::vector<guard> work_;
};

core::acquire acquire(const std::string& worker, std::int64_t wait_ms = 0,
                      std::int64_t ttl_ms = 30'000);
core::release release(admit::token);
core::renew renew(admit::token);
core::set_pool pool(const std::string& name, std::int64_t limit);

}  // namespace admit::engine::test
