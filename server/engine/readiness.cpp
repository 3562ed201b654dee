// When nothing is decided, or nobody is admitted, and what is said of it.
#include "server/engine/impl.hpp"

#include "server/engine/limits.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace admit::engine {
namespace {

problem own_trouble(errc code, std::string detail, std::int64_t retry_after_ms) {
    return {.code = code,
            .detail = std::move(detail),
            .field = {},
            .pools = {},
            .retry_after_ms = retry_after_ms};
}

problem stopped() {
    return own_trouble(errc::shutting_down, "This server has stopped", limits::restart_ms);
}

problem recovering(double progress) {
    const int percent = static_cast<int>(std::floor(progress * 100));
    return own_trouble(
        errc::not_ready,
        "The server is starting: " + std::to_string(percent) + " % of the journal is read",
        limits::restart_ms);
}

problem configuring() {
    return own_trouble(errc::not_ready,
                       "The server is starting: the journal is read, pools are "
                       "being configured",
                       limits::restart_ms);
}

/// Whole seconds, so that nobody comes a moment too early.
problem in_quarantine(core::duration left, bool restored) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
    return own_trouble(
        errc::not_ready,
        std::string(restored ? "The state was restored from a backup and what happened since is "
                               "not known"
                             : "The machine went down and the last moments before may be "
                               "forgotten") +
            ": nobody is admitted for another " + std::to_string(seconds) +
            " s, until every lease of then has ended",
        seconds * 1'000);
}

/// Whether this is about pools by file and flags, for which an engine is there before it opens.
bool configures(const core::command& what) {
    if (const auto* set = std::get_if<core::set_pool>(&what))
        return set->source != pool_source::api;
    return std::holds_alternative<core::show_pool>(what) ||
           std::holds_alternative<core::list_pools>(what);
}

}  // namespace

problem outcome_unknown() {
    return own_trouble(errc::outcome_unknown,
                       "The journal has failed: whether this took effect is known after a restart. "
                       "Ask again with the same request id",
                       limits::restart_ms);
}

std::optional<problem> engine::impl::refusal(const core::command& what) {
    if (failed) return outcome_unknown();
    if (stopping || (draining && now_at < phase::open)) return stopped();
    if (now_at < phase::recovered) return recovering(progress);
    if (now_at < phase::open && !configures(what)) return configuring();
    if (refusing && std::holds_alternative<core::acquire>(what)) return why_closed(advance());
    return std::nullopt;
}

std::optional<problem> engine::impl::why_closed(core::instant at) const {
    if (quarantine)
        return in_quarantine(std::max(*quarantine - at, core::duration::zero()), restored);
    if (!no_room.empty()) return own_trouble(errc::overloaded, no_room, limits::no_room_ms);
    return std::nullopt;
}

std::optional<problem> engine::impl::why_not_open() const {
    if (failed) return outcome_unknown();
    if (stopping) return stopped();
    if (draining)
        return own_trouble(errc::shutting_down, "The server is shutting down", limits::restart_ms);
    if (now_at < phase::recovered) return recovering(progress);
    if (now_at < phase::open) return configuring();
    return std::nullopt;
}

engine_readiness engine::readiness() const {
    const impl& in = *impl_;
    const std::lock_guard lock(in.mutex);
    std::optional<problem> why = in.why_not_open();
    if (!why) why = in.why_closed(in.leases.now());
    return why ? engine_readiness{false, std::move(*why)} : engine_readiness{true, {}};
}

void engine::refuse_acquires(bool on, std::string why) {
    const std::lock_guard lock(impl_->mutex);
    impl_->no_room = on ? (why.empty() ? "The server has no room" : std::move(why)) : std::string();
    impl_->refusing = on || impl_->quarantine.has_value();
}

}  // namespace admit::engine
