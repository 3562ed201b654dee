// What metrics and log are to see of the HTTP side and of the engine.
#pragma once

#include "server/config/disk_watch.hpp"
#include "server/engine/engine.hpp"
#include "server/http/server.hpp"
#include "server/telemetry/log.hpp"
#include "server/telemetry/metrics.hpp"

#include <vector>

namespace admit::config {

/// The route table, as metrics label it.
std::vector<telemetry::http_route> metric_routes();

/// Tells of requests. Both references outlive it.
class exchange_watch final : public http::observer {
public:
    exchange_watch(telemetry::metrics& metrics, telemetry::log& log)
        : metrics_(metrics), log_(log) {}

    void answered(const http::exchange&) noexcept override;
    void failed(std::string_view id, std::string_view what) noexcept override;

private:
    telemetry::metrics& metrics_;
    telemetry::log& log_;
};

/// The numbers that others keep.
telemetry::figures figures_of(const engine::engine&, const http::server&, const telemetry::log&,
                              const disk_watch&, const journal::journal&);

}  // namespace admit::config
