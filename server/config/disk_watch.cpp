#include "server/config/disk_watch.hpp"

#include <sys/statvfs.h>

#include <utility>

namespace admit::config {
namespace {

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

}  // namespace

std::optional<std::uint64_t> free_bytes(const std::string& directory) {
    struct statvfs found {};
    if (::statvfs(directory.c_str(), &found) != 0) return std::nullopt;
    return std::uint64_t{found.f_bavail} * found.f_frsize;
}

disk_watch::disk_watch(std::string directory, std::uint64_t min_free, engine::engine& engine,
                       engine::loop& home, telemetry::log& log,
                       std::function<std::optional<std::uint64_t>(const std::string&)> look)
    : directory_(std::move(directory)),
      min_free_(min_free),
      engine_(engine),
      log_(log),
      look_(std::move(look)),
      timer_(home.context()) {}

void disk_watch::start() {
    if (stopped_ || min_free_ == 0) return;
    look();
    timer_.expires_after(std::chrono::seconds(1));
    timer_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) start();
    });
}

void disk_watch::stop() {
    stopped_ = true;
    timer_.cancel();
}

void disk_watch::look() {
    const auto found = look_(directory_);
    if (!found) return;
    free_ = *found;
    if (std::exchange(low_, is_low(low_, *found, min_free_)) == low_) return;
    if (low_) {
        const std::string why = "The disk of the state has " + mebibytes(*found) +
                                " left, less than --min-free (" + mebibytes(min_free_) + ")";
        engine_.refuse_acquires(true, why + ": nobody is admitted until there is more");
        log_.say(telemetry::log_level::error, "disk_low",
                 why + ": acquires are refused, the rest goes on. Directory " + directory_);
    } else {
        engine_.refuse_acquires(false);
        log_.say(telemetry::log_level::info, "disk_ok",
                 "The disk of the state has " + mebibytes(*found) +
                     " left: acquires are decided "
                     "again");
    }
}

}  // namespace admit::config
