#include "server/journal/sqlite/mark.hpp"

#include "server/journal/bytes.hpp"

#include <string_view>
#include <utility>

namespace admit::journal {
namespace {

constexpr std::size_t slot_bytes = 512;
constexpr std::size_t content_bytes = slot_bytes - sizeof(digest128);
constexpr std::string_view magic = "admit-mark";
constexpr std::uint8_t version = 1;

struct slot {
    std::uint64_t generation = 0;
    mark content;
};

std::string encode(const slot& s) {
    const mark& m = s.content;
    std::string out(magic);
    byte_writer w(out);
    w.byte(version);
    w.number(s.generation);
    out.append(as_bytes(m.id)).append(as_bytes(m.at.hash));
    w.number(m.at.seq);
    w.signed_number(m.at.wall_ms);
    w.text(std::string_view(m.boot).substr(0, 64));
    w.byte(m.clean ? 1 : 0);
    w.byte(m.relaxed ? 1 : 0);
    w.byte(m.quarantine ? 1 : 0);
    w.signed_number(m.longest_ttl_ms);
    w.number(m.newest_token);
    w.byte(m.restored ? 1 : 0);
    out.resize(content_bytes);
    out.append(as_bytes(hash_of(out)));
    return out;
}

void read(byte_reader& in, digest128& out) {
    for (std::uint8_t& b : out)
        b = in.byte();
}

std::optional<slot> decode(std::string_view bytes) {
    if (bytes.size() != slot_bytes || !bytes.starts_with(magic)) return std::nullopt;
    const std::string_view content = bytes.substr(0, content_bytes);
    if (as_bytes(hash_of(content)) != bytes.substr(content_bytes)) return std::nullopt;
    byte_reader in(content.substr(magic.size()));
    if (in.byte() != version) return std::nullopt;
    slot s;
    mark& m = s.content;
    s.generation = in.number();
    read(in, m.id);
    read(in, m.at.hash);
    m.at.seq = in.number();
    m.at.wall_ms = in.signed_number();
    m.boot = in.text();
    m.clean = in.byte() != 0;
    m.relaxed = in.byte() != 0;
    m.quarantine = in.byte() != 0;
    m.longest_ttl_ms = in.signed_number();
    m.newest_token = in.number();
    m.restored = in.byte() != 0;  // zeroes follow what a version before has written
    return in.failed() ? std::nullopt : std::optional(std::move(s));
}

std::optional<slot> newest_slot(const file& f) {
    const std::string bytes = f.read(0, 2 * slot_bytes);
    std::optional<slot> newest;
    for (std::size_t i = 0; i < 2 && bytes.size() >= (i + 1) * slot_bytes; ++i) {
        auto s = decode(std::string_view(bytes).substr(i * slot_bytes, slot_bytes));
        if (s && (!newest || s->generation >= newest->generation)) newest = std::move(s);
    }
    return newest;
}

}  // namespace

std::optional<mark> read_mark(const std::string& path) {
    if (!exists(path)) return std::nullopt;
    auto s = newest_slot(file::open_to_read(path));
    return s ? std::optional(std::move(s->content)) : std::nullopt;
}

mark_file::mark_file(const std::string& path) : file_(file::open(path)) {
    auto s = newest_slot(file_);
    if (!s) return;
    generation_ = s->generation;
    found_ = std::move(s->content);
}

void mark_file::write(const mark& m) {
    ++generation_;
    file_.write(generation_ % 2 * slot_bytes, encode(slot{generation_, m}));
}

}  // namespace admit::journal
