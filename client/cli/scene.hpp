// The lines of `admit demo`, and their order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace admit::client {

/// What the server answered to one of the demo's workers.
struct happening {
    enum class kind : std::uint8_t { acquired, rejected, released };

    int worker = 0;
    kind what = kind::acquired;
    std::int64_t active = 0;  ///< of the pool, right after it
    std::int64_t limit = 0;
};

/// `Worker 0: acquired (1/2 active)`.
std::string line_of(const happening&);

/// Answers of several connections arrive in any order; this is the order in which the server
/// decided them, or one that nobody can tell from it: each number follows from the one before.
class scene {
public:
    /// The lines that can be told now.
    std::vector<std::string> add(const happening&);
    /// What is left at the end; nothing, unless an answer is missing.
    std::vector<std::string> rest();

private:
    bool follows(const happening&) const noexcept;

    std::int64_t active_ = 0;
    std::vector<happening> early_;
};

}  // namespace admit::client
