#include "client/async/plan.hpp"

#include "client/random.hpp"

#include <algorithm>

namespace admit::client {

acquisition_plan plan_of(const acquire_options& o, span patience) {
    acquisition_plan plan;
    acquire_request& r = plan.request;
    r.pool = o.pool;
    r.slots = o.slots;
    r.worker = o.worker;
    if (o.ttl) r.ttl_ms = o.ttl->count();
    r.request_id = o.request_id ? *o.request_id : random_request_id();
    r.start = o.start;
    r.labels = o.labels;
    plan.may_rename = !o.request_id;
    plan.announce = static_cast<bool>(o.on_queued);
    plan.keep = bounded(o.keep);
    plan.leave = std::min(plan.leave, patience);
    plan.reach_first = o.reach ? bounded(*o.reach) : span::max();
    plan.reach_again = std::max(plan.reach_again, plan.reach_first);
    if (o.wait)
        plan.wait = bounded(*o.wait);
    else
        plan.wait.reset();
    return plan;
}

}  // namespace admit::client
