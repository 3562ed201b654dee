// For programs: one JSON document, in the API's words where it has some.
#include "proto/codec.hpp"
#include "server/config/facts_text.hpp"
#include "server/config/look.hpp"
#include "server/config/record_fields.hpp"
#include "server/journal/codec.hpp"

#include <ostream>
#include <string_view>

namespace admit::config {
namespace {

std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

/// Writes members of objects and elements of arrays, and their commas.
class writer {
public:
    explicit writer(std::ostream& out) : out_(out) {}

    void open(char bracket) {
        separate();
        out_ << bracket;
        first_ = true;
    }
    void open(std::string_view name, char bracket) {
        key(name);
        out_ << bracket;
        first_ = true;
    }
    void close(char bracket) {
        out_ << bracket;
        first_ = false;
    }
    void field(std::string_view name, std::string_view text) { raw(name, quoted(text)); }
    void field(std::string_view name, const char* text) { field(name, std::string_view(text)); }
    void field(std::string_view name, bool is) { raw(name, is ? "true" : "false"); }
    template <std::integral Number>
    void field(std::string_view name, Number n) {
        raw(name, std::to_string(n));
    }
    /// JSON already.
    void raw(std::string_view name, std::string_view json) {
        key(name);
        out_ << json;
    }
    void element(std::string_view json) {
        separate();
        out_ << json;
    }

private:
    void separate() {
        if (!first_) out_ << ',';
        first_ = false;
    }
    void key(std::string_view name) {
        separate();
        out_ << '"' << name << "\":";
    }

    std::ostream& out_;
    bool first_ = true;
};

void write_place(writer& to, std::string_view name, const journal::batch_place& at) {
    to.open(name, '{');
    to.field("batch", at.batch);
    if (at.written_ms != 0) to.field("written", wall_time(at.written_ms));
    to.close('}');
}

void write_facts(writer& to, look& found) {
    const journal::inspected& f = found.facts();
    to.field("kind", f.is_backup ? "backup" : "journal");
    to.field("file", f.file);
    to.field("format", f.format);
    to.field("body_version", int{journal::body_version});
    to.field("id", f.id);
    write_place(to, "newest", f.newest);
    to.open("snapshot", '{');
    to.field("batch", f.snapshot.batch);
    to.field("parts", f.snapshot_parts);
    to.field("bytes", f.snapshot_bytes);
    to.close('}');
    if (f.mark) {
        to.open(f.is_backup ? "seal" : "mark", '{');
        to.field("batch", f.mark->at.batch);
        if (f.mark->at.written_ms != 0) to.field("written", wall_time(f.mark->at.written_ms));
        if (!f.is_backup) {
            to.field("clean", f.mark->clean);
            to.field("relaxed", f.mark->relaxed);
            to.field("quarantine", f.mark->quarantine);
            to.field("restored", f.mark->restored);
        }
        to.field("longest_ttl_ms", f.mark->longest_ttl_ms);
        to.field("newest_token", f.mark->newest_token);
        to.close('}');
    }
    to.field("quarantine_ms", f.quarantine_ms);
    to.field("clock_ms", found.clock_ms());
    to.field("next_token", found.next_numbers().next_token);
    to.field("next_ticket", found.next_numbers().next_ticket);
}

/// The rows of a page, as the API writes them.
template <class Page>
std::string rows_of(const Page& page) {
    std::string json;
    encode(admit::answer(page), {}, json);
    const std::size_t begin = json.find('[') + 1;
    return json.substr(begin, json.rfind(']') - begin);
}

void write_state(writer& to, look& found) {
    to.open("pools", '[');
    found.pools([&](const pool_view& p) {
        std::string json;
        encode(admit::answer(pool_answer{p, false}), {}, json);
        to.element(json);
    });
    to.close(']');
    to.open("leases", '[');
    found.leases([&](const leases_page& page) {
        if (!page.leases.empty()) to.element(rows_of(page));
    });
    to.close(']');
    to.open("waiters", '[');
    found.waiters([&](const waiters_page& page) {
        if (!page.waiters.empty()) to.element(rows_of(page));
    });
    to.close(']');
    to.open("remembered", '{');
    to.field("ended_leases", found.counts().ended);
    to.field("cancelled_ids", found.counts().cancelled_ids);
    to.close('}');
}

void write_log(writer& to, look& found) {
    to.open("log", '[');
    found.batches([&](const journal::batch_place& at, const journal::frame& f) {
        for (const core::record& r : f.records) {
            to.open('{');
            to.field("batch", at.batch);
            to.field("at_ms", core::to_ms(f.at.time_since_epoch()));
            to.field("record", name(r));
            for (const record_field& field : fields_of(r)) {
                if (const auto* const n = std::get_if<std::int64_t>(&field.value))
                    to.field(field.name, *n);
                else
                    to.field(field.name, std::get<std::string>(field.value));
            }
            to.close('}');
        }
    });
    to.close(']');
}

}  // namespace

void write_json(look& found, std::ostream& out) {
    writer to(out);
    to.open('{');
    write_facts(to, found);
    to.open("wrong", '[');
    for (const std::string& each : found.wrong())
        to.element(quoted(each));
    to.close(']');
    write_state(to, found);
    write_log(to, found);
    to.close('}');
    out << '\n';
}

}  // namespace admit::config
