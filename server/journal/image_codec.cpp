// Parts of snapshots as bytes.
#include "server/journal/archive.hpp"
#include "server/journal/codec.hpp"

namespace admit::journal {
namespace {

// The tags of images, and the fields of each, in their order. Neither is ever changed, only added
// to.
template <class Image>
constexpr std::uint8_t tag = 0;
template <>
constexpr std::uint8_t tag<core::counters_image> = 1;
template <>
constexpr std::uint8_t tag<core::pool_image> = 2;
template <>
constexpr std::uint8_t tag<core::lease_image> = 3;
template <>
constexpr std::uint8_t tag<core::waiter_image> = 4;
template <>
constexpr std::uint8_t tag<core::ended_image> = 5;
template <>
constexpr std::uint8_t tag<core::cancelled_image> = 6;

template <class Archive, class Image>
void fields(Archive& a, Image& i) {
    using what = std::remove_const_t<Image>;
    if constexpr (std::is_same_v<what, core::counters_image>) {
        a(i.next_token), a(i.next_ticket), a(i.next_version), a(i.next_uid), a(i.at);
    } else if constexpr (std::is_same_v<what, core::pool_image>) {
        a(i.pool), a(i.uid), a(i.settings), a(i.source), a(i.version), a(i.held_at_change);
        a(i.stats.granted), a(i.stats.rejected), a(i.stats.released), a(i.stats.expired);
        a(i.stats.evicted), a(i.avg_held_us);
    } else if constexpr (std::is_same_v<what, core::lease_image>) {
        a(i.token), a(i.who), a(i.state), a(i.ttl_ms), a(i.keep_ms), a(i.granted_at), a(i.since);
        a(i.must_start);
    } else if constexpr (std::is_same_v<what, core::waiter_image>) {
        a(i.ticket), a(i.who), a(i.keep_ms), a(i.since);
    } else if constexpr (std::is_same_v<what, core::ended_image>) {
        a(i.token), a(i.who), a(i.how), a(i.pool_uid), a(i.at), a(i.held);
    } else {
        static_assert(std::is_same_v<what, core::cancelled_image>);
        a(i.request_id), a(i.at);
    }
}

template <class Image>
bool is_whole(const Image& i) {
    if constexpr (requires { i.who; }) return i.who != nullptr;
    return true;
}

template <std::size_t I = 0>
readable get(std::uint8_t wanted, byte_reader& in, core::image& out) {
    if constexpr (I == std::variant_size_v<core::image>) {
        return readable::newer;
    } else {
        using image = std::variant_alternative_t<I, core::image>;
        if (wanted != tag<image>) return get<I + 1>(wanted, in, out);
        image& i = out.emplace<I>();
        field_reader a(in);
        fields(a, i);
        return !in.failed() && in.at_end() && is_whole(i) ? readable::yes : readable::damaged;
    }
}

}  // namespace

void encode(const core::image& i, std::string& part) {
    byte_writer out(part);
    if (part.empty()) out.byte(body_version);
    const std::size_t begun = out.begin_block();
    std::visit(
        [&out](const auto& what) {
            out.byte(tag<std::remove_cvref_t<decltype(what)>>);
            field_writer a(out);
            fields(a, what);
        },
        i);
    out.end_block(begun);
}

readable decode(std::string_view part, const std::function<void(const core::image&)>& visit) {
    byte_reader in(part);
    const std::uint8_t version = in.byte();
    if (version > body_version) return readable::newer;
    if (version == 0) return readable::damaged;
    core::image i;
    while (!in.at_end()) {
        byte_reader one(in.text());
        const std::uint8_t wanted = one.byte();
        if (in.failed() || wanted == 0) return readable::damaged;
        if (const readable is = get(wanted, one, i); is != readable::yes) return is;
        visit(i);
    }
    return in.failed() ? readable::damaged : readable::yes;
}

}  // namespace admit::journal
