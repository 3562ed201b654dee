// The requests of one connection as bytes that are made once: all that changes later is the handles
// in the releases.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace admit::bench {

/// A request with a JSON body.
std::string request(std::string_view method, std::string_view path, std::string_view host,
                    std::string_view body);

/// `depth` acquires, and `depth` releases of what they gave.
class requests {
public:
    /// `worker` and `pool` are names of the contract's: they are not escaped.
    requests(unsigned depth, std::string_view host, std::string_view pool, std::string_view worker);

    std::string_view acquires() const noexcept { return acquires_; }
    std::string_view releases() const noexcept { return releases_; }

    /// Lets the release number `at` name this lease. False where the handle is longer than any that
    /// the service makes.
    bool set_handle(unsigned at, std::string_view handle) noexcept;

private:
    std::string acquires_;
    std::string releases_;
    std::size_t release_size_ = 0;  ///< of one release
    std::size_t handle_at_ = 0;     ///< where in it the handle begins
};

}  // namespace admit::bench
