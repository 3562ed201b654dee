// One lease as its owner and the renewals share it.
#pragma once

#include "client/policy/time.hpp"
#include "client/result.hpp"
#include "proto/answers.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace admit::client {

/// A lease is over, or cannot be renewed in time.
struct loss {
    failure why;
    span time_left{0};  ///< until somebody else may have the slots; 0 where the server ended it
};

/// What does not change may be read anywhere, as may `deadline` and `is_lost`; the rest is used on
/// the client's executor.
class holding {
public:
    holding(std::uint64_t number, std::string handle, acquired grant, instant deadline)
        : number_(number),
          handle_(std::move(handle)),
          grant_(std::move(grant)),
          deadline_(deadline) {}

    /// Which of the hub's leases; two acquires with one request id hold the same token.
    std::uint64_t number() const noexcept { return number_; }
    const std::string& handle() const noexcept { return handle_; }
    const acquired& grant() const noexcept { return grant_; }

    instant deadline() const noexcept { return deadline_; }
    bool is_lost() const noexcept { return lost_; }

    void renewed(instant deadline) noexcept { deadline_ = deadline; }
    void lost(loss what) {
        lost_ = true;
        loss_ = std::move(what);
        tell();
    }
    /// Called at once where it is lost already.
    void on_lost(std::function<void(const loss&)> call) {
        on_lost_ = std::move(call);
        if (loss_) tell();
    }

private:
    /// Once: what the function holds may be the lease itself.
    void tell() {
        if (const auto call = std::exchange(on_lost_, nullptr)) call(*loss_);
    }

    const std::uint64_t number_;
    const std::string handle_;
    const acquired grant_;
    std::atomic<instant> deadline_;
    std::atomic<bool> lost_{false};
    std::optional<loss> loss_;
    std::function<void(const loss&)> on_lost_;
};

}  // namespace admit::client
