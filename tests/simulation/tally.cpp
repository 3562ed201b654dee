#include "tests/simulation/tally.hpp"

#include <iomanip>
#include <stdexcept>
#include <utility>

namespace admit::test {
namespace {

constexpr std::string_view command_names[] = {
    "acquire",     "renew",        "release",      "cancel",     "check",
    "abandon",     "expire",       "drain",        "set_pool",   "delete_pool",
    "evict",       "evict_worker", "drop_waiter",  "list_pools", "show_pool",
    "list_leases", "list_waiters", "list_history", "show_worker"};
static_assert(std::size(command_names) == std::variant_size_v<core::command>);

/// The codes that the core can give; all others are the edge's.
constexpr errc core_codes[] = {errc::bad_request,
                               errc::unknown_pool,
                               errc::unknown_lease,
                               errc::unknown_waiter,
                               errc::request_mismatch,
                               errc::request_ended,
                               errc::pool_in_use,
                               errc::cancelled,
                               errc::lease_expired,
                               errc::lease_evicted,
                               errc::precondition_failed,
                               errc::slots_exceed_limit,
                               errc::pool_full,
                               errc::wait_timeout,
                               errc::queue_full,
                               errc::paused,
                               errc::draining,
                               errc::shutting_down,
                               errc::settings_conflict};

template <std::size_t... I>
std::vector<std::string> record_names(std::index_sequence<I...>) {
    return {std::string(name(core::record(std::in_place_index<I>)))...};
}

template <class Enum>
std::vector<std::string> enum_names(Enum last) {
    std::vector<std::string> names;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        names.emplace_back(name(static_cast<Enum>(i)));
    }
    return names;
}

}  // namespace

void tally::group(std::string_view name, double rare_percent,
                  const std::vector<std::string>& members) {
    counted& g = groups_[std::string(name)];
    g.rare_percent = rare_percent;
    for (const std::string& member : members)
        g.members[member];
}

void tally::count(std::string_view group, std::string_view member) {
    const auto found = groups_.find(group);
    if (found == groups_.end()) throw std::logic_error("no such group");
    ++found->second.all;
    ++found->second.members[std::string(member)];
}

void tally::print(std::ostream& out) const {
    for (const auto& [name, group] : groups_) {
        out << name << ": " << group.all << '\n';
        for (const auto& [member, n] : group.members) {
            const double percent =
                group.all == 0 ? 0
                               : 100.0 * static_cast<double>(n) / static_cast<double>(group.all);
            out << "  " << std::left << std::setw(22) << member << std::right << std::setw(8) << n
                << std::fixed << std::setprecision(2) << std::setw(8) << percent << " %\n";
        }
    }
}

std::vector<std::string> tally::rare() const {
    std::vector<std::string> result;
    for (const auto& [name, group] : groups_) {
        for (const auto& [member, n] : group.members) {
            if (static_cast<double>(n) * 100 <
                    group.rare_percent * static_cast<double>(group.all) ||
                n == 0) {
                result.push_back(name + ": " + member + " occurred " + std::to_string(n) +
                                 " times of " + std::to_string(group.all));
            }
        }
    }
    return result;
}

tally core_tally() {
    tally t;
    t.group("commands", 0.5, {std::begin(command_names), std::end(command_names)});
    std::vector<std::string> codes;
    for (const errc code : core_codes)
        codes.emplace_back(name(code));
    t.group("refusals", 0.5, codes);
    t.group("records", 0.5,
            record_names(std::make_index_sequence<std::variant_size_v<core::record>>{}));
    t.group("endings", 0.5, enum_names(ending::abandoned));
    t.group("left because", 0.5, enum_names(core::leave_reason::shutting_down));
    t.group("renew and release", 0.5, enum_names(lease_status::unknown));
    return t;
}

void count(tally& t, const core::command& command) {
    t.count("commands", command_names[command.index()]);
}

void count(tally& t, const core::record& record) {
    t.count("records", name(record));
    if (const auto* ended = std::get_if<core::ended>(&record)) t.count("endings", name(ended->how));
    if (const auto* left = std::get_if<core::left>(&record)) {
        t.count("left because", name(left->why));
    }
}

void count(tally& t, const answer& a) {
    if (const auto* problem = std::get_if<admit::problem>(&a)) {
        t.count("refusals", name(problem->code));
    } else if (const auto* renewed = std::get_if<admit::renewed>(&a)) {
        for (const auto& lease : renewed->leases)
            t.count("renew and release", name(lease.status));
    } else if (const auto* released = std::get_if<admit::released>(&a)) {
        for (const auto& lease : released->leases)
            t.count("renew and release", name(lease.status));
    }
}

}  // namespace admit::test
