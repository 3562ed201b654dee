#include "server/config/io_threads.hpp"

#include <boost/asio/post.hpp>

#include <cstddef>
#include <thread>

namespace admit::config {

io_threads::io_threads(unsigned count, telemetry::metrics& metrics) : loops_(count) {
    for (engine::loop& each : loops_) {
        pointers_.push_back(&each);
        lags_.emplace_back(each, metrics).start();
    }
}

void io_threads::run() {
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < loops_.size(); ++i)
        threads.emplace_back([this, i] { loops_[i].context().run(); });
    first().context().run();
    for (std::thread& each : threads)
        each.join();
}

void io_threads::let_go() {
    for (std::size_t i = 0; i < loops_.size(); ++i)
        boost::asio::post(loops_[i].context(), [this, i] { lags_[i].stop(); });
}

}  // namespace admit::config
