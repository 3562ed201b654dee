#include "client/cli/top_view.hpp"

#include "client/cli/rows.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace admit::client {
namespace {

void append(std::vector<line>& to, std::vector<line> more) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
}

/// Keeps `rows` lines; the last one then says how many `what` are not among them.
void cut(std::vector<line>& lines, std::size_t rows, const char* what) {
    if (lines.size() <= rows) return;
    const std::size_t kept = rows == 0 ? 0 : rows - 1;
    const std::string rest = std::to_string(lines.size() - kept);
    lines.resize(rows);
    if (rows > 0) lines.back() = {{"… and " + rest + " more " + what, colour::dim}};
}

line title(const snapshot& now, const std::string& server) {
    std::int64_t active = 0;
    std::int64_t waiting = 0;
    for (const pool_view& p : now.pools) {
        active += p.active;
        waiting += p.waiting;
    }
    return {{"admit top", colour::bold},
            {"  " + server + "  " + std::to_string(now.pools.size()) + " pools, " +
             std::to_string(active) + " slots held, " + std::to_string(waiting) + " waiting"}};
}

line heading(const pool_view& p) {
    return {{p.pool, colour::bold},
            {": " + std::to_string(p.active) + " of " + std::to_string(p.settings.limit) +
             " slots held, " + std::to_string(p.waiting) + " waiting"}};
}

}  // namespace

bool is_busy(const pool_view& p) noexcept {
    return p.active > 0 || p.waiting > 0 || p.unclaimed > 0;
}

std::vector<line> view_of(const snapshot& now, const std::string& server,
                          const std::string& trouble, std::size_t rows) {
    std::vector<line> out{title(now, server)};
    if (!trouble.empty()) out.push_back({{trouble, colour::red}});
    out.emplace_back();

    std::vector<pool_view> pools;
    std::ranges::copy_if(now.pools, std::back_inserter(pools), is_busy);
    std::ranges::remove_copy_if(now.pools, std::back_inserter(pools), is_busy);
    std::vector<line> overview = table_of(pools).lines();
    if (!now.busy.empty()) cut(overview, rows / 2, "pools");
    append(out, std::move(overview));

    for (const busy_pool& each : now.busy) {
        out.emplace_back();
        out.push_back(heading(each.pool));
        if (!each.leases.empty()) append(out, table_of(each.leases).lines());
        if (!each.waiters.empty()) append(out, table_of(each.waiters).lines());
    }
    cut(out, rows, "lines");
    return out;
}

}  // namespace admit::client
