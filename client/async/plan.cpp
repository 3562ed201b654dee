#include "client/async/plan.hpp"

#include "client/random.hpp"

namespace admit::client {

acquisition_plan plan_of(const acquire_options& o) {
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
    if (o.wait)
        plan.wait = *o.wait;
    else
        plan.wait.reset();
    return plan;
}

}  // namespace admit::client
