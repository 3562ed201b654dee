#include "server/config/reload.hpp"

#include "server/config/apply.hpp"
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
        return finished(0, {wrong->text});
    busy_ = true;
    auto& pools = std::get<std::vector<core::set_pool>>(wanted);
    const std::size_t count = pools.size();
    apply(std::move(pools), engine_, home_, [this, count](const std::vector<std::string>& faults) {
        busy_ = false;
        finished(count, faults);
        if (std::exchange(again_, false))
            reload();
    });
}

void reloader::finished(std::size_t pools, const std::vector<std::string>& faults) {
    for (const std::string& fault : faults)
        log_.say(telemetry::log_level::error, "config_refused",
                 "The configuration stays as it was: " + fault);
    if (faults.empty())
        log_.say(telemetry::log_level::info, "config_applied",
                 "What file and flags say of " + std::to_string(pools) + " pools is in force");
}

}  // namespace admit::config
