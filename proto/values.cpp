#include "proto/values.hpp"

#include "proto/limits.hpp"
#include "proto/names.hpp"
#include "proto/utf8.hpp"

#include <algorithm>

namespace admit {

namespace {

using words = std::string_view;

constexpr std::array<words, 3> modes{"open", "paused", "draining"};
constexpr std::array<words, 4> sources{"default", "file", "flag", "api"};
constexpr std::array<words, 3> states{"unclaimed", "acquired", "busy"};
constexpr std::array<words, 3> outcomes{"ok", "dropped", "failed"};
constexpr std::array<words, ending_count> endings{"ok",        "dropped",   "failed",
                                                  "cancelled", "expired",   "not_started",
                                                  "evicted",   "unclaimed", "abandoned"};

constexpr bool is_alphanumeric(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr bool is_pool_name_byte(char c) noexcept {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

template <class T>
void replace(T& value, const std::optional<T>& change) {
    if (change) { value = *change; }
}

}  // namespace

std::string_view name(pool_mode value) noexcept { return names::at(modes, value); }
std::string_view name(pool_source value) noexcept { return names::at(sources, value); }
std::string_view name(lease_state value) noexcept { return names::at(states, value); }
std::string_view name(outcome value) noexcept { return names::at(outcomes, value); }
std::string_view name(ending value) noexcept { return names::at(endings, value); }

std::optional<pool_mode> pool_mode_of(std::string_view word) noexcept {
    return names::find<pool_mode>(modes, word);
}

std::optional<pool_source> pool_source_of(std::string_view word) noexcept {
    return names::find<pool_source>(sources, word);
}

std::optional<lease_state> lease_state_of(std::string_view word) noexcept {
    return names::find<lease_state>(states, word);
}

std::optional<outcome> outcome_of(std::string_view word) noexcept {
    return names::find<outcome>(outcomes, word);
}

std::optional<ending> ending_of(std::string_view word) noexcept {
    return names::find<ending>(endings, word);
}

ending ending_of(outcome value) noexcept {
    switch (value) {
        case outcome::ok:
            return ending::ok;
        case outcome::dropped:
            return ending::dropped;
        case outcome::failed:
            break;
    }
    return ending::failed;
}

bool is_release(ending value) noexcept {
    return value == ending::ok || value == ending::dropped || value == ending::failed;
}

bool is_pool_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= limits::name_bytes_max && is_alphanumeric(text[0]) &&
           std::all_of(text.begin(), text.end(), is_pool_name_byte);
}

bool is_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= limits::name_bytes_max && is_clean_text(text);
}

bool is_clean_text(std::string_view text) noexcept {
    while (!text.empty()) {
        const utf8::code_point next = utf8::first(text);
        if (next.bytes == 0 || utf8::is_control_or_separator(next.value)) { return false; }
        text.remove_prefix(next.bytes);
    }
    return true;
}

pool_settings changed(pool_settings base, const pool_change& change) {
    replace(base.limit, change.limit);
    replace(base.mode, change.mode);
    replace(base.note, change.note);
    replace(base.default_ttl_ms, change.default_ttl_ms);
    replace(base.max_ttl_ms, change.max_ttl_ms);
    replace(base.max_waiters, change.max_waiters);
    replace(base.max_wait_ms, change.max_wait_ms);
    replace(base.claim_ms, change.claim_ms);
    replace(base.start_within_ms, change.start_within_ms);
    replace(base.labels, change.labels);
    return base;
}

}  // namespace admit
