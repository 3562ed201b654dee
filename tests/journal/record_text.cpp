#include "tests/journal/record_text.hpp"

#include <memory>
#include <sstream>
#include <type_traits>

namespace admit::journal::test {
namespace {

using core::from_ms;
using core::instant;

std::string text(const admit::labels& labels) {
    std::string out;
    for (const auto& [key, value] : labels)
        out += key + "=" + value + ",";
    return out;
}

std::string text(const core::admission_ref& who) {
    std::ostringstream out;
    if (who == nullptr)
        return "nobody";
    out << '{' << who->pool << ' ' << who->slots << ' ' << who->worker << ' ' << who->request_id
        << ' ' << who->by_client << ' ' << who->ttl_ms << ' ' << who->ttl_given << ' ' << who->start
        << ' ' << text(who->labels) << '}';
    return out.str();
}

std::string text(const pool_settings& s) {
    std::ostringstream out;
    out << s.limit << ' ' << name(s.mode) << " '" << s.note << "' " << s.default_ttl_ms << ' '
        << s.max_ttl_ms << ' ' << s.max_waiters << ' ' << s.max_wait_ms << ' ' << s.claim_ms << ' '
        << s.start_within_ms << ' ' << text(s.labels);
    return out.str();
}

struct fields {
    std::ostream& out;

    void operator()(const core::queued& r) const {
        out << r.ticket << ' ' << text(r.who) << ' ' << r.keep_ms << ' ' << r.kept;
    }
    void operator()(const core::left& r) const {
        out << r.ticket << ' ' << core::name(r.why) << ' ' << r.kept;
    }
    void operator()(const core::granted& r) const {
        out << r.token << ' ' << r.ticket << ' ' << text(r.who) << ' ' << r.keep_ms << ' '
            << r.calls << ' ' << r.take_back.time_since_epoch().count();
    }
    void operator()(const core::claimed& r) const {
        out << r.token << ' ' << r.keep_ms << ' ' << text(r.who);
    }
    void operator()(const core::handed& r) const {
        out << r.token << ' ' << r.keep_ms << ' ' << r.kept << ' ' << text(r.who);
    }
    void operator()(const core::unclaimed& r) const { out << r.token; }
    void operator()(const core::confirmed& r) const { out << r.token << ' ' << r.ttl_ms; }
    void operator()(const core::ended& r) const { out << r.token << ' ' << admit::name(r.how); }
    void operator()(const core::id_cancelled& r) const { out << r.request_id; }
    void operator()(const core::pool_set& r) const {
        out << r.pool << ' ' << text(r.settings) << ' ' << admit::name(r.source) << ' '
            << r.version;
    }
    void operator()(const core::pool_deleted& r) const { out << r.pool; }
    void operator()(const core::raised& r) const {
        out << r.next_token << ' ' << r.next_ticket;
    }
    template <class Volatile>
    void operator()(const Volatile&) const {
        out << "(volatile)";
    }
};

core::admission_ref somebody(std::int64_t slots) {
    return std::make_shared<const core::admission>(core::admission{
        .pool = "db",
        .slots = slots,
        .worker = "wörker",
        .request_id = "id-" + std::to_string(slots),
        .by_client = slots % 2 == 1,
        .ttl_ms = 30'000 + slots,
        .ttl_given = slots % 2 == 0,
        .start = slots % 3 == 0,
        .labels = {{"host", "a"}, {"job", "backup"}},
    });
}

}  // namespace

std::string text(const core::record& r) {
    std::ostringstream out;
    out << core::name(r) << ' ';
    std::visit(fields{out}, r);
    return out.str();
}

std::string text(const frame& f) {
    std::string out = "@" + std::to_string(f.at.time_since_epoch().count()) + " #" +
                      std::to_string(f.digest) + "\n";
    for (const core::record& r : f.records)
        out += "  " + text(r) + "\n";
    return out;
}

std::string text(const std::vector<frame>& frames) {
    std::string out;
    for (const frame& f : frames)
        out += text(f);
    return out;
}

std::vector<core::record> one_of_each() {
    const pool_settings settings{.limit = 3,
                                 .mode = pool_mode::paused,
                                 .note = "maintenance",
                                 .default_ttl_ms = 4,
                                 .max_ttl_ms = 5,
                                 .max_waiters = 6,
                                 .max_wait_ms = 7,
                                 .claim_ms = 8,
                                 .start_within_ms = 9,
                                 .labels = {{"team", "x"}}};
    return {
        core::pool_set{"db", settings, pool_source::file, 7},
        core::queued{11, somebody(1), 5'000, true},
        core::left{11, core::leave_reason::place_lost, true},
        core::granted{12, 11, somebody(2), 6'000, 0, instant(from_ms(99))},
        core::claimed{12},
        core::handed{12, 7'000, true, somebody(3)},
        core::unclaimed{12},
        core::confirmed{12, 31'000},
        core::ended{12, ending::evicted},
        core::granted{(std::uint64_t{1} << 53) - 1, 0, somebody(3), 0, 2, instant{}},
        core::id_cancelled{"löst"},
        core::pool_deleted{"db"},
        core::raised{std::uint64_t{1} << 52, std::uint64_t{1} << 33},
    };
}

}  // namespace admit::journal::test
