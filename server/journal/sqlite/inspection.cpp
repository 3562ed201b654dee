// Reads what a start would read, and writes nothing: no lock file, no log, no mark.
#include "server/journal/inspect.hpp"
#include "server/journal/sqlite/files.hpp"
#include "server/journal/sqlite/life.hpp"
#include "server/journal/sqlite/refusing.hpp"
#include "server/journal/sqlite/restore.hpp"
#include "server/journal/sqlite/seal.hpp"
#include "server/journal/sqlite/store.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace admit::journal {
namespace {

std::string hex(const digest128& d) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const std::uint8_t byte : d)
        out.append({digits[byte / 16], digits[byte % 16]});
    return out;
}

batch_place place_of(const position& p) { return {p.seq, p.wall_ms}; }

/// Runs what reads; what is wrong with what it reads, if anything.
template <class F>
std::string as_far_as_it_goes(const F& f) {
    try {
        f();
        return {};
    } catch (const refusal& e) { return e.what(); } catch (const sql_error& e) {
        return e.what();
    }
}

class sqlite_inspection final : public inspection {
public:
    explicit sqlite_inspection(const std::string& path)
        : lock_(std::filesystem::is_directory(path) ? hold_directory(path) : file()),
          store_(file_of(path), only_look::yes) {
        facts_.file = store_.base().file();
        facts_.is_backup = facts_.file == path;
        facts_.format = store_.format();
        const head& h = store_.newest_head();
        facts_.id = hex(h.id);
        facts_.snapshot = place_of(h.at);
        facts_.snapshot_parts = h.parts;
        facts_.snapshot_bytes = h.bytes;
        position newest = h.at;
        wrong_ = as_far_as_it_goes([&] { newest = store_.newest(); });
        facts_.newest = place_of(newest);
        if (facts_.is_backup)
            look_at_seal(newest);
        else
            look_at_mark(path, newest);
    }

    const inspected& facts() const noexcept override { return facts_; }

    std::string wrong() override {
        if (wrong_.empty()) {
            wrong_ = store_.check();
            if (!wrong_.empty()) wrong_ = facts_.file + ": " + wrong_;
        }
        return wrong_;
    }

    std::string replay(const replay_visitor& to) override {
        const head& h = store_.newest_head();
        return as_far_as_it_goes([&] {
            part_chain parts(facts_.file, h);
            store_.parts(0, [&](const part& p) {
                parts.take(p, to.restore);
                return true;
            });
            parts.check_end(h);
            row_chain rows(facts_.file, h.at);
            store_.rows(h.at.seq, [&](const row& r) {
                rows.take(r, to.visit);
                return true;
            });
        });
    }

    void batches(const std::function<void(const batch_place&, const frame&)>& visit) override {
        const head& h = store_.newest_head();
        // What ends it early was told by `replay`.
        as_far_as_it_goes([&] {
            row_chain rows(facts_.file, h.at);
            store_.rows(h.at.seq, [&](const row& r) {
                rows.take(r, [&](const frame& f) { visit(place_of(r.at), f); });
                return true;
            });
        });
    }

private:
    static std::string file_of(const std::string& path) {
        if (!exists(path))
            throw refusal({trouble_kind::unusable, path + ": there is no such file"});
        if (!std::filesystem::is_directory(path)) return regular(path);
        if (is_being_restored(path) && size_of(path + "/journal.db") == 0)
            throw refusal(
                {trouble_kind::damaged, path + ": a restore did not come to its end; repeat it"});
        if (size_of(path + "/journal.db") == 0) {
            const auto told = read_mark(path + "/journal.mark");
            throw refusal({told ? trouble_kind::damaged : trouble_kind::unusable,
                           path + ": there is no journal" +
                               (told ? ", and journal.mark tells of " +
                                           std::to_string(told->at.seq) + " batches"
                                     : std::string())});
        }
        return regular(path + "/journal.db");
    }

    /// A pipe would be waited for, and a device has whatever is read of it.
    static std::string regular(const std::string& file) {
        if (!std::filesystem::is_regular_file(file))
            throw refusal({trouble_kind::unusable, file + ": not a file"});
        return file;
    }

    void look_at_seal(const position& newest) {
        const std::string why = as_far_as_it_goes([&] {
            const seal s = read_seal(store_.base());
            facts_.mark = {.at = place_of(s.at),
                           .clean = true,
                           .longest_ttl_ms = s.longest_ttl_ms,
                           .newest_token = s.newest_token};
            if (s.at != newest)
                throw refusal({trouble_kind::damaged,
                               facts_.file + ": it ends with batch " + std::to_string(newest.seq) +
                                   ", and its seal tells of batch " + std::to_string(s.at.seq)});
        });
        if (wrong_.empty()) wrong_ = why;
    }

    void look_at_mark(const std::string& directory, const position& newest) {
        const head& h = store_.newest_head();
        const auto found = read_mark(directory + "/journal.mark");
        std::int64_t longest_ttl_ms = h.longest_ttl_ms;
        if (found) {
            facts_.mark = {.at = place_of(found->at),
                           .clean = found->clean,
                           .relaxed = found->relaxed,
                           .quarantine = found->quarantine,
                           .restored = found->restored,
                           .longest_ttl_ms = found->longest_ttl_ms,
                           .newest_token = found->newest_token};
            longest_ttl_ms = std::max(longest_ttl_ms, found->longest_ttl_ms);
        }
        const std::string why = as_far_as_it_goes([&] {
            const bool kept = found && found->id == h.id && found->at.seq <= newest.seq;
            const verdict v = judge(found, h, newest,
                                    kept ? store_.hash_at(found->at.seq) : std::nullopt, boot_id());
            if (v.forgot) facts_.quarantine_ms = longest_ttl_ms;
            if (!v.lost.empty()) throw refusal({trouble_kind::damaged, directory + ": " + v.lost});
        });
        if (wrong_.empty()) wrong_ = why;
    }

    const file lock_;
    store store_;
    inspected facts_;
    std::string wrong_;
};

}  // namespace

std::variant<std::unique_ptr<inspection>, trouble> inspect(const std::string& path) {
    try {
        return refusing(path, [&]() -> std::unique_ptr<inspection> {
            return std::make_unique<sqlite_inspection>(path);
        });
    } catch (const refusal& why) { return trouble{why.kind, why.what()}; }
}

}  // namespace admit::journal
