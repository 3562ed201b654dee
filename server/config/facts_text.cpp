#include "server/config/facts_text.hpp"

#include "server/journal/wall_clock.hpp"

#include <cstddef>

namespace admit::config {
namespace {

std::string count(std::size_t n, const std::string& one) {
    if (n == 0) return "no " + one + "s";
    return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

}  // namespace

std::string wall_time(std::int64_t ms) {
    return ms == 0 ? "-" : journal::wall_text(ms);
}

std::string text_of(const journal::backup_facts& f) {
    return "batch " + std::to_string(f.batch) + ", written " + wall_time(f.written_ms) + ": " +
           count(f.counts.pools, "pool") + ", " + count(f.counts.leases, "lease") + " and " +
           count(f.counts.waiters, "kept place");
}

}  // namespace admit::config
