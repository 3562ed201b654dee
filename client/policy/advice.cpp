#include "client/policy/advice.hpp"

namespace admit::client {

advice advise(const failure& f) noexcept {
    switch (f.why) {
        case cause::unreachable:
        case cause::lost:
        case cause::garbled:
            return advice::repeat;
        case cause::given_up:
            return advice::never;
        case cause::refused:
            break;
    }
    switch (status(f.answer.code)) {
        case 429:
            return advice::later;
        case 408:
        case 500:
        case 503:
            return advice::repeat;
        default:
            return advice::never;
    }
}

span hint(const failure& f) noexcept {
    return f.why == cause::refused ? from_ms(f.answer.retry_after_ms) : span{0};
}

std::optional<instant> retry::again_at(const failure& f, instant now) noexcept {
    if (advise(f) != advice::repeat) return std::nullopt;
    // Half of what is left is the longest to stay away, so that the time is used to its end.
    const span pause = std::min(backoff_.next(), (give_up_at_ - now) / 2);
    const instant at = now + std::max(pause, hint(f));
    if (at + attempt_min > give_up_at_) return std::nullopt;
    return at;
}

}  // namespace admit::client
