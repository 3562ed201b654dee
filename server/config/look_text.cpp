// For people: paragraphs and tables.
#include "server/config/facts_text.hpp"
#include "server/config/look.hpp"
#include "server/config/record_fields.hpp"
#include "server/journal/codec.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace admit::config {
namespace {

/// What others have named may say anything to a terminal.
std::string clean(std::string text) {
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return text;
}

std::string place(const journal::batch_place& at) {
    if (at.batch == 0) return "none";
    return "batch " + std::to_string(at.batch) + ", written " + wall_time(at.written_ms);
}

void write_mark(const journal::inspected& facts, std::ostream& out) {
    if (!facts.mark) {
        out << (facts.is_backup ? "seal       none" : "mark       none") << '\n';
        return;
    }
    const auto& m = *facts.mark;
    out << (facts.is_backup ? "seal       " : "mark       ") << place(m.at);
    if (!facts.is_backup) {
        out << (m.clean ? "; closed in order" : "; not closed");
        if (m.relaxed) out << "; relaxed";
        if (m.quarantine) out << "; quarantine not over";
        if (m.restored) out << "; restored from a backup";
    }
    out << "\n           newest token " << m.newest_token << ", longest TTL " << m.longest_ttl_ms
        << " ms\n";
}

void write_state(look& found, std::ostream& out) {
    const auto counts = found.counts();
    out << "\npools (" << counts.pools << ")\n";
    found.pools([&](const pool_view& p) {
        const pool_settings& s = p.settings;
        out << "  " << p.pool << ": " << p.active << "/" << s.limit << " active, " << p.waiting
            << " waiting, " << p.unclaimed << " unclaimed, " << name(s.mode)
            << (s.note.empty() ? std::string() : " (" + clean(s.note) + ")") << ", version "
            << p.version << " by " << name(p.source) << "\n    default_ttl_ms " << s.default_ttl_ms
            << ", max_ttl_ms " << s.max_ttl_ms << ", max_waiters " << s.max_waiters
            << ", max_wait_ms " << s.max_wait_ms << ", claim_ms " << s.claim_ms
            << ", start_within_ms " << s.start_within_ms << '\n';
    });
    out << "\nleases (" << counts.leases << "); after a start each has its whole TTL\n";
    found.leases([&](const leases_page& page) {
        for (const lease_row& l : page.leases)
            out << "  " << l.token << "  " << l.pool << "  " << clean(l.worker) << "  "
                << name(l.state) << "  " << l.slots << (l.slots == 1 ? " slot" : " slots") << ", "
                << l.ttl_ms << " ms left\n";
    });
    out << "\nkept places (" << counts.waiters << ")\n";
    found.waiters([&](const waiters_page& page) {
        for (const waiter_row& w : page.waiters)
            out << "  " << w.ticket << "  " << w.pool << "  " << clean(w.worker) << "  position "
                << w.position << ", " << w.slots << (w.slots == 1 ? " slot" : " slots") << '\n';
    });
    out << "\nremembered: " << counts.ended << " ended leases, " << counts.cancelled_ids
        << " cancelled ids\n";
}

void write_log(look& found, std::ostream& out) {
    out << "\nlog since the snapshot, by the lease clock\n";
    std::uint64_t batch = 0;
    found.batches([&](const journal::batch_place& at, const journal::frame& f) {
        if (at.batch != batch) {
            batch = at.batch;
            out << "  " << place(at) << '\n';
        }
        const std::int64_t ms = core::to_ms(f.at.time_since_epoch());
        for (const core::record& r : f.records) {
            out << "    " << ms / 1000 << '.' << std::setw(3) << std::setfill('0') << ms % 1000
                << "  " << name(r);
            for (const record_field& field : fields_of(r)) {
                out << ' ' << field.name << '=';
                if (const auto* const n = std::get_if<std::int64_t>(&field.value))
                    out << *n;
                else
                    out << clean(std::get<std::string>(field.value));
            }
            out << '\n';
        }
    });
}

}  // namespace

void write_text(look& found, std::ostream& out) {
    const journal::inspected& facts = found.facts();
    const auto numbers = found.next_numbers();
    out << (facts.is_backup ? "backup     " : "journal    ") << facts.file << "\n           format "
        << facts.format << ", bodies up to version " << int{journal::body_version} << ", id "
        << facts.id << "\nnewest     " << place(facts.newest) << "\nsnapshot   "
        << place(facts.snapshot) << "; " << facts.snapshot_parts << " parts, "
        << facts.snapshot_bytes << " bytes\n";
    write_mark(facts, out);
    out << "clock      " << found.clock_ms() << " ms\ntokens     the next one is "
        << numbers.next_token << ", the next ticket " << numbers.next_ticket << '\n';
    if (facts.quarantine_ms > 0)
        out << "quarantine a start admits nobody for " << facts.quarantine_ms << " ms\n";
    for (const std::string& each : found.wrong())
        out << "WRONG      " << each << '\n';
    write_state(found, out);
    write_log(found, out);
}

}  // namespace admit::config
