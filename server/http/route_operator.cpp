// What operators ask: pools made, changed and deleted, leases and waiters taken away, a backup.
#include "proto/codec.hpp"
#include "server/http/parameters.hpp"
#include "server/http/route_handlers.hpp"

namespace admit::http {
namespace {

task set_pool(const parameters& in, core::set_how how) {
    core::set_pool out;
    out.how = how;
    out.source = pool_source::api;
    if (auto no = read_pool(in, 0, out.pool)) return std::move(*no);
    if (auto no = read_preconditions(in, out.only_if)) return std::move(*no);
    auto read = decode_pool_change(in.from.body);
    if (auto* no = std::get_if<admit::problem>(&read)) return std::move(*no);
    out.change = std::move(std::get<pool_change>(read));
    if (how == core::set_how::replace && !out.change.limit)
        return bad_request("PUT needs a limit; PATCH changes the rest alone", "limit");
    return out;
}

}  // namespace

task put_pool(const parameters& in) { return set_pool(in, core::set_how::replace); }
task patch_pool(const parameters& in) { return set_pool(in, core::set_how::update); }

task delete_pool(const parameters& in) {
    core::delete_pool out;
    if (auto no = read_pool(in, 0, out.pool)) return std::move(*no);
    if (auto no = read_flag(in, "force", out.force)) return std::move(*no);
    if (auto no = read_preconditions(in, out.only_if)) return std::move(*no);
    return out;
}

task evict_lease(const parameters& in) {
    core::evict out;
    if (auto no = read_pool(in, 0, out.pool)) return std::move(*no);
    if (auto no = read_number(in, 1, "token", out.token)) return std::move(*no);
    // It skips `lock_delay_ms`, which pools do not have yet.
    if (in.find("now") != nullptr)
        return bad_request("'now' is not offered by this version yet", "now");
    return out;
}

task drop_waiter(const parameters& in) {
    core::drop_waiter out;
    if (auto no = read_pool(in, 0, out.pool)) return std::move(*no);
    if (auto no = read_number(in, 1, "ticket", out.ticket)) return std::move(*no);
    return out;
}

task evict_worker(const parameters& in) {
    core::evict_worker out;
    if (auto no = read_worker(in, 0, out.worker)) return std::move(*no);
    return out;
}

task backup(const parameters&) { return take_backup{}; }

}  // namespace admit::http
