#include "server/journal/sqlite/head.hpp"

#include "server/journal/bytes.hpp"

#include <algorithm>

namespace admit::journal {
namespace {

constexpr std::uint8_t version = 1;

digest128 read_hash(byte_reader& in) {
    digest128 d{};
    for (std::uint8_t& b : d)
        b = in.byte();
    return d;
}

}  // namespace

std::string encode(const head& h) {
    std::string out;
    byte_writer w(out);
    w.byte(version);
    out.append(as_bytes(h.id)).append(as_bytes(h.at.hash)).append(as_bytes(h.parts_hash));
    w.number(h.at.seq);
    w.signed_number(h.at.wall_ms);
    w.number(h.number);
    w.number(h.parts);
    w.number(h.bytes);
    w.signed_number(h.longest_ttl_ms);
    w.number(h.newest_token);
    out.append(as_bytes(hash_of(out)));
    return out;
}

std::optional<head> decode_head(std::string_view bytes) {
    if (bytes.size() < sizeof(digest128)) return std::nullopt;
    const std::string_view content = bytes.substr(0, bytes.size() - sizeof(digest128));
    if (as_bytes(hash_of(content)) != bytes.substr(content.size())) return std::nullopt;
    byte_reader in(content);
    if (in.byte() != version) return std::nullopt;
    head h;
    h.id = read_hash(in);
    h.at.hash = read_hash(in);
    h.parts_hash = read_hash(in);
    h.at.seq = in.number();
    h.at.wall_ms = in.signed_number();
    h.number = in.number();
    h.parts = in.number();
    h.bytes = in.number();
    h.longest_ttl_ms = in.signed_number();
    h.newest_token = in.number();
    if (in.failed() || !in.at_end()) return std::nullopt;
    return h;
}

digest128 first_link(const head& of) {
    return link(of.id, of.number, static_cast<std::int64_t>(of.at.seq), as_bytes(of.at.hash));
}

}  // namespace admit::journal
