#include "client/policy/backoff.hpp"

namespace admit::client {

span backoff::next() noexcept {
    const span delay = shortened(ceiling_, 50);
    ceiling_ = std::min(ceiling_ * 2, longest);
    return delay;
}

span backoff::shortened(span whole, int percent) noexcept {
    const auto part =
        static_cast<std::uint64_t>(whole.count()) / 100 * static_cast<std::uint64_t>(percent);
    return whole - span{static_cast<span::rep>(word() % (part + 1))};
}

/// splitmix64 (Steele, Lea and Flood, 2014): any seed will do, and it needs no library's state.
std::uint64_t backoff::word() noexcept {
    random_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = random_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

}  // namespace admit::client
