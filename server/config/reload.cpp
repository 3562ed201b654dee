#include "server/config/reload.hpp"

#include "server/config/apply.hpp"
#include "server/config/pools.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace admit::config {

void reload(const options& o, engine::engine& engine, engine::loop& home, telemetry::log& log) {
    auto wanted = wanted_pools(o.config_file, o.pools);
    if (const auto* const wrong = std::get_if<error>(&wanted)) {
        log.say(telemetry::log_level::error, "config_refused",
                "The configuration stays as it was: " + wrong->text);
        return;
    }
    auto& pools = std::get<std::vector<core::set_pool>>(wanted);
    const std::size_t count = pools.size();
    apply(std::move(pools), engine, home, [&log, count](const std::vector<std::string>& faults) {
        for (const std::string& fault : faults)
            log.say(telemetry::log_level::error, "config_refused",
                    "The configuration stays as it was: " + fault);
        if (faults.empty())
            log.say(telemetry::log_level::info, "config_applied",
                    "The configuration of " + std::to_string(count) + " pools is in force");
    });
}

}  // namespace admit::config
