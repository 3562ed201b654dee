#include "client/cli/common_options.hpp"

#include "client/cli/readers.hpp"
#include "proto/limits.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

namespace admit::client {
namespace {

using std::chrono::milliseconds;

std::string default_worker() {
    std::array<char, 128> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) return "worker";
    const std::string pid = ":" + std::to_string(::getpid());
    const std::string name =
        std::string{host.data()}.substr(0, limits::name_bytes_max - pid.size());
    return is_name(name) ? name + pid : "worker" + pid;
}

/// Sorted by key, as the contract's values have them.
void add_label(const std::string& text, labels& to) {
    std::pair<std::string, std::string> label = read_label("--label", text);
    const auto place =
        std::lower_bound(to.begin(), to.end(), label.first,
                         [](const auto& a, const auto& key) { return a.first < key; });
    if (place != to.end() && place->first == label.first)
        throw misuse{"--label: '" + label.first + "' is given twice"};
    if (to.size() == limits::labels_max) throw misuse{"--label: at most 16 of them"};
    to.insert(place, std::move(label));
}

}  // namespace

void declare_json(declarations& options, arguments& into) {
    options.flag("--json", "the server's answer as JSON", into.json);
}

void declare_acquire_options(declarations& options, arguments& all) {
    acquire_options& into = all.acquire;
    into.worker = default_worker();
    options.word("POOL", "the pool to take slots of",
                 [&into](const std::string& text) { into.pool = read_pool(text); });
    options.option("-w,--wait", "DURATION", "how long to stand in line",
                   [&all](const auto& text) { all.wait = read_duration("--wait", text); });
    options.option("--slots", "N", "how many slots to take [1]", [&into](const std::string& text) {
        into.slots = read_number("--slots", text, 1, limits::slots_max);
    });
    options.option("--ttl", "DURATION", "the lease's life between renewals [the pool's]",
                   [&into](const std::string& text) { into.ttl = read_lifetime("--ttl", text); });
    options.option("--keep", "DURATION",
                   "how long the place in line outlives a broken connection [10s]",
                   [&into](const std::string& text) {
                       into.keep = read_duration("--keep", text, milliseconds{1},
                                                 milliseconds{limits::keep_ms_max},
                                                 "at least 1ms and at most 5m");
                   });
    options.option("--worker", "NAME", "who asks [HOST:PID]",
                   [&into](const std::string& text) { into.worker = read_name("--worker", text); });
    options.environment("--worker", "ADMIT_WORKER");
    options.option(
        "--request-id", "ID", "the same id again finds the same admission",
        [&into](const std::string& text) { into.request_id = read_name("--request-id", text); });
    options.repeated_option("--label", "KEY=VALUE", "shown in listings; may be repeated",
                            [&into](const std::string& text) { add_label(text, into.labels); });
}

}  // namespace admit::client
