#include "server/journal/sqlite/seal.hpp"

#include "server/journal/bytes.hpp"
#include "server/journal/trouble.hpp"

#include <optional>
#include <string_view>

namespace admit::journal {
namespace {

constexpr std::uint8_t version = 1;

std::string encode(const seal& s) {
    std::string out;
    byte_writer w(out);
    w.byte(version);
    out.append(as_bytes(s.id)).append(as_bytes(s.at.hash));
    w.number(s.at.seq);
    w.signed_number(s.at.wall_ms);
    w.signed_number(s.longest_ttl_ms);
    w.number(s.newest_token);
    out.append(as_bytes(hash_of(out)));
    return out;
}

void read(byte_reader& in, digest128& out) {
    for (std::uint8_t& b : out)
        b = in.byte();
}

seal decode(std::string_view bytes, const std::string& file) {
    const auto damaged = [&] {
        return refusal({trouble_kind::damaged, file + ": its seal is damaged"});
    };
    if (bytes.size() < sizeof(digest128)) throw damaged();
    const std::string_view content = bytes.substr(0, bytes.size() - sizeof(digest128));
    if (as_bytes(hash_of(content)) != bytes.substr(content.size())) throw damaged();
    byte_reader in(content);
    if (in.byte() > version)
        throw refusal({trouble_kind::newer, file + ": sealed by a later version of admitd"});
    seal s;
    read(in, s.id);
    read(in, s.at.hash);
    s.at.seq = in.number();
    s.at.wall_ms = in.signed_number();
    s.longest_ttl_ms = in.signed_number();
    s.newest_token = in.number();
    if (in.failed() || !in.at_end()) throw damaged();
    return s;
}

}  // namespace

void put_seal(database& copy, const seal& s) {
    const std::string bytes = encode(s);
    copy.run("BEGIN IMMEDIATE");
    copy.run("CREATE TABLE seal (one INTEGER PRIMARY KEY CHECK (one = 1), body BLOB NOT NULL)");
    statement(copy, "INSERT INTO seal (one, body) VALUES (1, ?)").bind(0, bytes).run();
    copy.run("COMMIT");
}

seal read_seal(database& backup) {
    const auto none = [&] {
        return refusal(
            {trouble_kind::unusable, backup.file() + ": a journal, but no backup: it has no seal"});
    };
    if (backup.number("SELECT count(*) FROM sqlite_schema WHERE name = 'seal'") == 0) throw none();
    statement query(backup, "SELECT body FROM seal WHERE one = 1");
    const run_end end(query);
    if (!query.step()) throw none();
    return decode(query.blob(0), backup.file());
}

}  // namespace admit::journal
