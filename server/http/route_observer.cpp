// What observers ask: reads, most of them in pages.
#include "server/http/parameters.hpp"
#include "server/http/route_handlers.hpp"

namespace admit::http {
namespace {

/// Leases, waiters and history of a pool are asked for in the same way.
template <class List>
task list_rows(const parameters& in) {
    List out;
    if (auto no = read_pool(in, 0, out.pool)) return std::move(*no);
    if (auto no = read_limit(in, out.limit)) return std::move(*no);
    if (auto no = read_number(in, "after", out.after)) return std::move(*no);
    // Without effect until pools have parents: all rows are the pool's own.
    bool direct = false;
    if (auto no = read_flag(in, "direct", direct)) return std::move(*no);
    return out;
}

}  // namespace

task list_pools(const parameters& in) {
    core::list_pools out;
    if (auto no = read_limit(in, out.limit)) return std::move(*no);
    if (auto no = read_pool(in, "after", out.after)) return std::move(*no);
    return out;
}

task show_pool(const parameters& in) {
    core::show_pool out;
    if (auto no = read_pool(in, 0, out.pool)) return std::move(*no);
    return out;
}

task list_leases(const parameters& in) { return list_rows<core::list_leases>(in); }
task list_waiters(const parameters& in) { return list_rows<core::list_waiters>(in); }
task list_history(const parameters& in) { return list_rows<core::list_history>(in); }

task show_worker(const parameters& in) {
    core::show_worker out;
    if (auto no = read_worker(in, 0, out.worker)) return std::move(*no);
    return out;
}

}  // namespace admit::http
