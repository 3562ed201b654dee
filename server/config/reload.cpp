#include "server/config/reload.hpp"

#include "server/config/pools.hpp"

#include <utility>
#include <variant>

namespace admit::config {

reloader::reloader(const options& o, engine::engine& engine, engine::loop& home,
                   telemetry::log& log)
    : options_(o), engine_(engine), home_(home), log_(log) {}

void reloader::reload() {
    if (busy_) {
        again_ = true;
        return;
    }
    auto wanted = wanted_pools(options_.config_file, options_.pools);
    if (const auto* const wrong = std::get_if<error>(&wanted))
        return finished(0, {.pools = 0, .faults = {wrong->text}, .overridden = {}});
    busy_ = true;
    auto& pools = std::get<std::vector<core::set_pool>>(wanted);
    const std::size_t count = pools.size();
    apply(std::move(pools), engine_, home_, [this, count](const applied& all) {
        busy_ = false;
        finished(count, all);
        if (std::exchange(again_, false)) reload();
    });
}

void reloader::finished(std::size_t wanted, const applied& all) {
    // Somebody else changed a pool after all had been looked at.
    const bool partly = all.pools > 0 && !all.faults.empty();
    const std::string what = partly ? "Applied to " + std::to_string(all.pools) + " of " +
                                          std::to_string(wanted) + " pools, but not to this one: "
                                    : "The configuration stays as it was: ";
    for (const std::string& fault : all.faults)
        log_.say(telemetry::log_level::error, partly ? "config_partly_applied" : "config_refused",
                 what + fault);
    for (const std::string& line : all.overridden)
        log_.say(telemetry::log_level::info, "config_overrode", line);
    if (all.faults.empty())
        log_.say(telemetry::log_level::info, "config_applied",
                 "What file and flags say of " + std::to_string(wanted) + " pools is in force");
}

}  // namespace admit::config
