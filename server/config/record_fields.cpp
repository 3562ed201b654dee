#include "server/config/record_fields.hpp"

namespace admit::config {
namespace {

class collector {
public:
    explicit collector(std::vector<record_field>& out) : out_(out) {}

    void operator()(const core::queued& r) {
        number("ticket", r.ticket);
        who(r.who);
        add("keep_ms", r.keep_ms);
    }
    void operator()(const core::left& r) {
        number("ticket", r.ticket);
        add("reason", std::string(name(r.why)));
    }
    void operator()(const core::granted& r) {
        number("token", r.token);
        if (r.ticket != 0) number("ticket", r.ticket);
        who(r.who);
        if (r.calls == 0) add("state", std::string(name(lease_state::unclaimed)));
        if (r.keep_ms > 0) add("keep_ms", r.keep_ms);
    }
    void operator()(const core::claimed& r) {
        number("token", r.token);
        add("keep_ms", r.keep_ms);
    }
    void operator()(const core::unclaimed& r) { number("token", r.token); }
    void operator()(const core::handed& r) {
        number("token", r.token);
        add("keep_ms", r.keep_ms);
    }
    void operator()(const core::confirmed& r) {
        number("token", r.token);
        add("ttl_ms", r.ttl_ms);
    }
    void operator()(const core::ended& r) {
        number("token", r.token);
        add("outcome", std::string(name(r.how)));
    }
    void operator()(const core::pool_set& r) {
        add("pool", r.pool);
        number("version", r.version);
        add("source", std::string(name(r.source)));
        const pool_settings& s = r.settings;
        add("limit", s.limit);
        add("mode", std::string(name(s.mode)));
        if (!s.note.empty()) add("note", s.note);
        add("default_ttl_ms", s.default_ttl_ms);
        add("max_ttl_ms", s.max_ttl_ms);
        add("max_waiters", s.max_waiters);
        add("max_wait_ms", s.max_wait_ms);
        add("claim_ms", s.claim_ms);
        add("start_within_ms", s.start_within_ms);
    }
    void operator()(const core::pool_deleted& r) { add("pool", r.pool); }
    void operator()(const core::raised& r) {
        number("next_token", r.next_token);
        number("next_ticket", r.next_ticket);
    }
    /// `id_cancelled` has nothing but the id; the others are in no journal.
    template <class Other>
    void operator()(const Other&) {}

private:
    void add(std::string_view name, std::int64_t n) { out_.push_back({name, n}); }
    void add(std::string_view name, std::string text) { out_.push_back({name, std::move(text)}); }
    void number(std::string_view name, std::uint64_t n) { add(name, static_cast<std::int64_t>(n)); }
    void who(const core::admission_ref& a) {
        add("pool", a->pool);
        add("worker", a->worker);
        add("slots", a->slots);
        add("ttl_ms", a->ttl_ms);
    }

    std::vector<record_field>& out_;
};

}  // namespace

std::vector<record_field> fields_of(const core::record& r) {
    std::vector<record_field> out;
    std::visit(collector(out), r);
    return out;
}

}  // namespace admit::config
