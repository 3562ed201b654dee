#include "server/journal/sqlite/store.hpp"

#include "server/journal/trouble.hpp"

#include <algorithm>
#include <cstring>

namespace admit::journal {
namespace {

constexpr std::int64_t application_id = 0x41646d74;  // "Admt"
constexpr std::int64_t user_version = 1;

// Numbers of parts: the snapshot's in the high half.
constexpr int part_bits = 32;

std::int64_t part_id(std::uint64_t snapshot, std::uint64_t index) {
    return static_cast<std::int64_t>((snapshot << part_bits) | index);
}

digest128 to_hash(std::string_view bytes, const std::string& file) {
    digest128 d{};
    if (bytes.size() != d.size())
        throw refusal({trouble_kind::damaged, file + ": a hash of another size"});
    std::memcpy(d.data(), bytes.data(), d.size());
    return d;
}

}  // namespace

struct store::statements {
    explicit statements(database& b)
        : begin(b, "BEGIN IMMEDIATE"),
          commit(b, "COMMIT"),
          append(b, "INSERT INTO journal (seq, wall_ms, hash, body) VALUES (?, ?, ?, ?)"),
          add_part(b, "INSERT INTO snapshot (id, hash, body) VALUES (?, ?, ?)"),
          publish(b, "INSERT OR REPLACE INTO head (one, body) VALUES (1, ?)"),
          rows(b, "SELECT seq, wall_ms, hash, body FROM journal WHERE seq > ? ORDER BY seq"),
          parts(b, "SELECT id, hash, body FROM snapshot WHERE id >= ? AND id < ? ORDER BY id"),
          sizes(b, "SELECT seq, length(body) FROM journal WHERE seq <= ? ORDER BY seq"),
          delete_rows(b, "DELETE FROM journal WHERE seq <= ?"),
          delete_parts(b,
                       "DELETE FROM snapshot WHERE id IN (SELECT id FROM snapshot WHERE id < ? "
                       "UNION ALL SELECT id FROM snapshot WHERE id >= ? LIMIT ?)"),
          other_part(b, "SELECT 1 FROM snapshot WHERE id < ? OR id >= ? LIMIT 1"),
          pages(b, "PRAGMA page_count"),
          free_pages(b, "PRAGMA freelist_count") {}

    statement begin, commit, append, add_part, publish, rows, parts, sizes, delete_rows,
        delete_parts, other_part, pages, free_pages;
};

void store::discard::operator()(statements* s) const noexcept { delete s; }

store::store(const std::string& file, const std::string& vfs)
    : base_(file, vfs), is_new_(identify()) {
    if (is_new_) {
        base_.run("PRAGMA page_size = 4096");
        base_.run("PRAGMA auto_vacuum = INCREMENTAL");
    }
    base_.use_log();
    base_.sync_commits(true);
    if (is_new_) make();
    look();
}

store::store(const std::string& file, only_look how) : base_(file, how), is_new_(identify()) {
    if (is_new_) throw refusal({trouble_kind::damaged, base_.file() + ": an empty database"});
    look();
}

bool store::identify() {
    const std::string& file = base_.file();
    const std::int64_t id = base_.number("PRAGMA application_id");
    format_ = base_.number("PRAGMA user_version");
    if (id == 0 && format_ == 0 && base_.number("SELECT count(*) FROM sqlite_schema") == 0) {
        format_ = user_version;
        return true;
    }
    if (id != application_id)
        throw refusal({trouble_kind::unusable, file + ": a database of another program"});
    if (format_ > user_version)
        throw refusal(
            {trouble_kind::newer, file + ": written by a later version of admitd (format " +
                                      std::to_string(format_) + ", this one reads up to " +
                                      std::to_string(user_version) + ")"});
    return false;
}

void store::make() {
    head_.id = fresh_id();
    head_.at.hash = head_.id;
    base_.run("BEGIN IMMEDIATE");
    base_.run(
        "CREATE TABLE journal (seq INTEGER PRIMARY KEY, wall_ms INTEGER NOT NULL,"
        " hash BLOB NOT NULL, body BLOB NOT NULL)");
    base_.run(
        "CREATE TABLE snapshot (id INTEGER PRIMARY KEY, hash BLOB NOT NULL, body BLOB NOT NULL)");
    base_.run("CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), body BLOB NOT NULL)");
    const std::string bytes = encode(head_);
    statement(base_, "INSERT INTO head (one, body) VALUES (1, ?)").bind(0, bytes).run();
    base_.run(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
    base_.run(("PRAGMA user_version = " + std::to_string(user_version)).c_str());
    base_.run("COMMIT");
}

void store::look() {
    statement query(base_, "SELECT body FROM head WHERE one = 1");
    const auto found = query.step() ? decode_head(query.blob(0)) : std::nullopt;
    query.reset();
    if (!found) throw refusal({trouble_kind::damaged, base_.file() + ": its head is damaged"});
    head_ = *found;
    page_bytes_ = static_cast<std::uint64_t>(base_.number("PRAGMA page_size"));
    do_.reset(new statements(base_));
}

position store::newest() {
    statement query(
        base_, "SELECT seq, wall_ms, hash FROM journal WHERE seq > ? ORDER BY seq DESC LIMIT 1");
    query.bind(0, static_cast<std::int64_t>(head_.at.seq));
    position at = head_.at;
    if (query.step())
        at = {static_cast<std::uint64_t>(query.number(0)), to_hash(query.blob(2), base_.file()),
              query.number(1)};
    query.reset();
    return at;
}

std::optional<digest128> store::hash_at(std::uint64_t seq) {
    if (seq == head_.at.seq) return head_.at.hash;
    statement query(base_, "SELECT hash FROM journal WHERE seq = ?");
    query.bind(0, static_cast<std::int64_t>(seq));
    std::optional<digest128> hash;
    if (query.step()) hash = to_hash(query.blob(0), base_.file());
    query.reset();
    return hash;
}

std::string store::check() {
    const std::string found = base_.text("PRAGMA quick_check(1)");
    return found == "ok" ? std::string() : found;
}

void store::begin(bool synced) {
    base_.sync_commits(synced);
    do_->begin.run();
}

void store::commit() { do_->commit.run(); }

void store::append(const row& r) {
    do_->append.bind(0, static_cast<std::int64_t>(r.at.seq))
        .bind(1, r.at.wall_ms)
        .bind(2, as_bytes(r.at.hash))
        .bind(3, r.body)
        .run();
}

void store::add_part(std::uint64_t snapshot, const part& p) {
    do_->add_part.bind(0, part_id(snapshot, p.index))
        .bind(1, as_bytes(p.hash))
        .bind(2, p.body)
        .run();
}

void store::publish(const head& h) {
    const std::string bytes = encode(h);
    begin(true);
    do_->publish.bind(0, bytes).run();
    commit();
    head_ = h;
}

void store::rows(std::uint64_t after, const std::function<bool(const row&)>& visit) {
    statement& query = do_->rows;
    const run_end end(query);
    query.bind(0, static_cast<std::int64_t>(after));
    while (query.step()) {
        const position at{static_cast<std::uint64_t>(query.number(0)),
                          to_hash(query.blob(2), base_.file()), query.number(1)};
        if (!visit({at, query.blob(3)})) return;
    }
}

void store::parts(std::uint64_t from, const std::function<bool(const part&)>& visit) {
    statement& query = do_->parts;
    const run_end end(query);
    query.bind(0, part_id(head_.number, from)).bind(1, part_id(head_.number + 1, 0));
    while (query.step()) {
        const auto index =
            static_cast<std::uint64_t>(query.number(0)) & ((std::uint64_t{1} << part_bits) - 1);
        if (!visit({index, to_hash(query.blob(1), base_.file()), query.blob(2)})) return;
    }
}

std::uint64_t store::row_bytes(std::uint64_t after) {
    statement query(base_, "SELECT coalesce(sum(length(body)), 0) FROM journal WHERE seq > ?");
    query.bind(0, static_cast<std::int64_t>(after));
    const std::int64_t sum = query.step() ? query.number(0) : 0;
    query.reset();
    return static_cast<std::uint64_t>(sum);
}

bool store::delete_rows(std::uint64_t bytes) {
    std::int64_t until = -1;
    std::uint64_t sum = 0;
    bool more = false;
    statement& query = do_->sizes;
    query.bind(0, static_cast<std::int64_t>(head_.at.seq));
    for (std::size_t count = 0; query.step(); ++count) {
        if (sum >= bytes || count >= 1000) {
            more = true;
            break;
        }
        until = query.number(0);
        sum += static_cast<std::uint64_t>(query.number(1));
    }
    query.reset();
    if (until < 0) return false;
    begin(false);
    do_->delete_rows.bind(0, until).run();
    commit();
    return more;
}

bool store::delete_parts(std::int64_t count) {
    const std::int64_t first = part_id(head_.number, 0);
    const std::int64_t end = part_id(head_.number + 1, 0);
    statement& query = do_->other_part;
    const bool any = query.bind(0, first).bind(1, end).step();
    query.reset();
    if (!any) return false;
    begin(false);
    do_->delete_parts.bind(0, first).bind(1, end).bind(2, count).run();
    commit();
    return true;
}

void store::shrink(std::uint64_t pages) {
    base_.sync_commits(false);
    base_.run(("PRAGMA incremental_vacuum(" + std::to_string(pages) + ")").c_str());
}

std::uint64_t store::pages() {
    statement& query = do_->pages;
    const std::int64_t n = query.step() ? query.number(0) : 0;
    query.reset();
    return static_cast<std::uint64_t>(n);
}

std::uint64_t store::free_pages() {
    statement& query = do_->free_pages;
    const std::int64_t n = query.step() ? query.number(0) : 0;
    query.reset();
    return static_cast<std::uint64_t>(n);
}

}  // namespace admit::journal
