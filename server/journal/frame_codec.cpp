// Batches of frames as bytes.
#include "server/core/check.hpp"
#include "server/journal/archive.hpp"
#include "server/journal/codec.hpp"

#include <utility>

namespace admit::journal {
namespace {

// The tags of records, and the fields of each, in their order. Neither is ever changed, only added
// to. Volatile records have no tag.
template <class Record>
constexpr std::uint8_t tag = 0;
template <>
constexpr std::uint8_t tag<core::queued> = 1;
template <>
constexpr std::uint8_t tag<core::left> = 2;
template <>
constexpr std::uint8_t tag<core::granted> = 3;
template <>
constexpr std::uint8_t tag<core::claimed> = 4;
template <>
constexpr std::uint8_t tag<core::unclaimed> = 5;
template <>
constexpr std::uint8_t tag<core::handed> = 6;
template <>
constexpr std::uint8_t tag<core::confirmed> = 7;
template <>
constexpr std::uint8_t tag<core::ended> = 8;
template <>
constexpr std::uint8_t tag<core::id_cancelled> = 9;
template <>
constexpr std::uint8_t tag<core::pool_set> = 10;
template <>
constexpr std::uint8_t tag<core::pool_deleted> = 11;
template <>
constexpr std::uint8_t tag<core::raised> = 12;

template <class Archive, class Record>
void fields(Archive& a, Record& r) {
    using what = std::remove_const_t<Record>;
    if constexpr (std::is_same_v<what, core::queued>) {
        a(r.ticket), a(r.who), a(r.keep_ms), a(r.kept);
    } else if constexpr (std::is_same_v<what, core::left>) {
        a(r.ticket), a(r.why), a(r.kept);
    } else if constexpr (std::is_same_v<what, core::granted>) {
        a(r.token), a(r.ticket), a(r.who), a(r.keep_ms), a(r.calls), a(r.take_back);
    } else if constexpr (std::is_same_v<what, core::claimed>) {
        a(r.token), a(r.keep_ms), a(r.who);
    } else if constexpr (std::is_same_v<what, core::unclaimed>) {
        a(r.token);
    } else if constexpr (std::is_same_v<what, core::handed>) {
        a(r.token), a(r.keep_ms), a(r.kept), a(r.who);
    } else if constexpr (std::is_same_v<what, core::confirmed>) {
        a(r.token), a(r.ttl_ms);
    } else if constexpr (std::is_same_v<what, core::ended>) {
        a(r.token), a(r.how);
    } else if constexpr (std::is_same_v<what, core::id_cancelled>) {
        a(r.request_id);
    } else if constexpr (std::is_same_v<what, core::pool_set>) {
        a(r.pool), a(r.settings), a(r.source), a(r.version);
    } else if constexpr (std::is_same_v<what, core::pool_deleted>) {
        a(r.pool);
    } else {
        static_assert(std::is_same_v<what, core::raised>);
        a(r.next_token), a(r.next_ticket);
    }
}

/// Whether what replay cannot do without is there.
template <class Record>
bool is_whole(const Record& r) {
    if constexpr (std::is_same_v<Record, core::queued> || std::is_same_v<Record, core::granted>)
        return r.who != nullptr;
    return true;
}

void put(byte_writer& out, const core::record& r) {
    const std::size_t begun = out.begin_block();
    std::visit(
        [&out](const auto& what) {
            using record = std::remove_cvref_t<decltype(what)>;
            if constexpr (tag<record> != 0) {
                out.byte(tag<record>);
                field_writer a(out);
                fields(a, what);
            } else {
                ADMIT_CHECK(false, "a volatile record in a frame");
            }
        },
        r);
    out.end_block(begun);
}

/// Reads the fields of the record with this tag, whichever it is.
template <std::size_t I = 0>
readable get(std::uint8_t wanted, byte_reader& in, core::record& out) {
    if constexpr (I == std::variant_size_v<core::record>) {
        return readable::newer;
    } else {
        using record = std::variant_alternative_t<I, core::record>;
        if constexpr (tag<record> != 0) {
            if (wanted == tag<record>) {
                record& r = out.emplace<I>();
                field_reader a(in);
                fields(a, r);
                return !in.failed() && in.at_end() && is_whole(r) ? readable::yes
                                                                  : readable::damaged;
            }
        }
        return get<I + 1>(wanted, in, out);
    }
}

readable get(byte_reader& in, frame& f) {
    f.at = core::instant(core::duration(in.signed_number()));
    f.digest = in.fixed();
    const std::uint64_t count = in.number();
    if (in.failed() || count > in.left()) return readable::damaged;
    f.records.clear();
    f.records.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        byte_reader record(in.text());
        const std::uint8_t wanted = record.byte();
        if (wanted == 0) return readable::damaged;
        core::record r;
        if (const readable is = get(wanted, record, r); is != readable::yes) return is;
        f.records.push_back(std::move(r));
    }
    return in.failed() ? readable::damaged : readable::yes;
}

}  // namespace

void encode(std::span<const frame> batch, std::string& out) {
    byte_writer w(out);
    w.byte(body_version);
    w.number(batch.size());
    for (const frame& f : batch) {
        w.signed_number(f.at.time_since_epoch().count());
        w.fixed(f.digest);
        w.number(f.records.size());
        for (const core::record& r : f.records)
            put(w, r);
    }
}

readable decode(std::string_view body, const std::function<void(const frame&)>& visit) {
    byte_reader in(body);
    const std::uint8_t version = in.byte();
    if (version > body_version) return readable::newer;
    const std::uint64_t count = in.number();
    if (version == 0 || in.failed()) return readable::damaged;
    frame f;
    for (std::uint64_t i = 0; i < count; ++i) {
        if (const readable is = get(in, f); is != readable::yes) return is;
        visit(f);
    }
    return in.at_end() ? readable::yes : readable::damaged;
}

}  // namespace admit::journal
