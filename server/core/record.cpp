#include "server/core/record.hpp"

#include <array>

namespace admit::core {

std::string_view name(leave_reason why) noexcept {
    switch (why) {
        case leave_reason::gone: return "gone";
        case leave_reason::timeout: return "timeout";
        case leave_reason::place_lost: return "place_lost";
        case leave_reason::cancelled: return "cancelled";
        case leave_reason::draining: return "draining";
        case leave_reason::too_big: return "too_big";
        case leave_reason::pool_deleted: return "pool_deleted";
        case leave_reason::shutting_down: return "shutting_down";
    }
    return "";
}

namespace {

/// By default a record is durable: forgetting to think of one costs a write, not a promise.
struct durability {
    bool operator()(const queued& r) const noexcept { return r.kept; }
    bool operator()(const left& r) const noexcept { return r.kept; }
    bool operator()(const attached&) const noexcept { return false; }
    bool operator()(const detached&) const noexcept { return false; }
    bool operator()(const handed& r) const noexcept { return r.kept; }
    bool operator()(const undelivered&) const noexcept { return false; }
    bool operator()(const renewed&) const noexcept { return false; }
    bool operator()(const forgotten&) const noexcept { return false; }
    bool operator()(const refused&) const noexcept { return false; }
    template <class T>
    bool operator()(const T&) const noexcept {
        return true;
    }
};

}  // namespace

bool is_durable(const record& r) noexcept { return std::visit(durability{}, r); }

std::string_view name(const record& r) noexcept {
    static constexpr std::array<std::string_view, std::variant_size_v<record>> names = {
        "queued",      "attached", "detached",  "left",  "granted",      "claimed",
        "unclaimed",   "handed",   "undelivered", "renewed", "confirmed", "ended",
        "id_cancelled", "forgotten", "refused",  "pool_set", "pool_deleted",
        "raised"};
    return names[r.index()];
}

}  // namespace admit::core
