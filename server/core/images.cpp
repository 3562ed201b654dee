// A state as images: a walk in slices over everything that is durable.
#include "server/core/state.hpp"

#include <algorithm>
#include <utility>

namespace admit::core {
namespace {

// The parts of the walk are the alternatives of `image`. Pools and leases take turns.
constexpr std::size_t part_counters = 0;
constexpr std::size_t part_pool = 1;
constexpr std::size_t part_lease = 2;
constexpr std::size_t part_waiter = 3;
constexpr std::size_t part_ended = 4;
constexpr std::size_t part_cancelled = 5;
static_assert(std::variant_size_v<image> == part_cancelled + 1);

image image_of(const pool& p) {
    pool_image out{.pool = p.name,
                   .uid = p.uid,
                   .settings = p.settings,
                   .source = p.source,
                   .version = p.version,
                   .held_at_change = p.held_at_change,
                   .stats = p.stats,
                   .avg_held_us = p.avg_held_us};
    return out;
}

image image_of(const lease& l) {
    return lease_image{.token = l.token,
                       .who = l.who,
                       .state = l.state,
                       .ttl_ms = l.ttl_ms,
                       .keep_ms = l.keep_ms,
                       .granted_at = l.granted_at,
                       .since = l.since,
                       .must_start = l.start_by != instant::max()};
}

image image_of(const waiter& w) {
    return waiter_image{
        .ticket = w.ticket(), .who = w.who, .keep_ms = w.keep_ms, .since = w.since};
}

image image_of(const ended_lease& e) {
    return ended_image{.token = e.token,
                       .who = e.who,
                       .how = e.how,
                       .pool_uid = e.pool_uid,
                       .at = e.at,
                       .held = e.held};
}

class walk {
public:
    walk(const state& s, image_cursor& from, std::size_t most, std::vector<image>& out)
        : s_(s), at_(from), left_(std::max<std::size_t>(most, 1)), out_(out) {}

    void run() {
        while (left_ > 0 && !at_.over) {
            switch (at_.part) {
                case part_counters: counters(); break;
                case part_pool: pool(); break;
                case part_lease: leases(); break;
                case part_waiter: waiters(); break;
                case part_ended: ended(); break;
                case part_cancelled: cancelled(); break;
            }
        }
    }

private:
    void put(image i) {
        out_.push_back(std::move(i));
        --left_;
    }
    void next_part(std::size_t part, std::uint64_t number = 0) {
        at_.part = part;
        at_.number = number;
    }

    void counters() {
        put(counters_image{.next_token = s_.next_token,
                           .next_ticket = s_.next_ticket,
                           .next_version = s_.next_version,
                           .next_uid = s_.next_uid,
                           .at = s_.newest});
        next_part(part_pool);
    }
    void pool() {
        const auto found = s_.pools.lower_bound(at_.pool);
        if (found == s_.pools.end()) return next_part(part_waiter);
        at_.pool = found->first;
        put(image_of(found->second));
        next_part(part_lease);
    }
    void leases() {
        const auto in = s_.pools.find(at_.pool);
        const auto& all = in->second.leases;
        auto l = all.lower_bound(at_.number);
        for (; l != all.end() && left_ > 0; ++l)
            put(image_of(*l->second));
        if (l != all.end()) return next_part(part_lease, l->first);
        at_.pool += '\0';  // the least name above
        next_part(part_pool);
    }
    void waiters() {
        auto w = s_.waiters.lower_bound(at_.number);
        for (; w != s_.waiters.end() && left_ > 0; ++w) {
            if (w->second.kept) put(image_of(w->second));
        }
        if (w != s_.waiters.end()) return next_part(part_waiter, w->first);
        next_part(part_ended);
    }
    void ended() {
        const auto& all = s_.ended_order;
        const ended_lease* e = at_.number == 0 ? all.first() : s_.find_ended(at_.number);
        for (; e != nullptr && left_ > 0; e = all.after(*e))
            put(image_of(*e));
        if (e != nullptr) return next_part(part_ended, e->token);
        next_part(part_cancelled);
    }
    void cancelled() {
        const auto& all = s_.cancelled_order;
        for (; at_.number < all.size() && left_ > 0; ++at_.number)
            put(cancelled_image{all[at_.number].who->request_id, all[at_.number].at});
        if (at_.number < all.size()) return;
        next_part(part_cancelled + 1);
        at_.over = true;
    }

    const state& s_;
    image_cursor& at_;
    std::size_t left_;
    std::vector<image>& out_;
};

}  // namespace

void core::images(image_cursor& from, std::size_t most, std::vector<image>& out) const {
    walk(*state_, from, most, out).run();
}

}  // namespace admit::core
