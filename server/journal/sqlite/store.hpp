// The journal's tables: rows, one a batch; the parts of snapshots; the head that says which of them
// count. Knows how they are kept, not what they mean.
#pragma once

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/head.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace admit::journal {

/// One batch. `body` as long as the call that it is handed to.
struct row {
    position at;
    std::string_view body;
};

/// One part of a snapshot.
struct part {
    std::uint64_t index = 0;
    digest128 hash{};
    std::string_view body;
};

/// For one thread at a time. Throws `sql_error`; where the file is not a journal that this program
/// can use, `refusal`.
class store {
public:
    /// Opens what is there, or makes a new journal.
    store(const std::string& file, const std::string& vfs);
    /// Only looks at one that is there; see `database`. Not for what writes.
    store(const std::string& file, only_look);

    bool is_new() const noexcept { return is_new_; }
    const head& newest_head() const noexcept { return head_; }
    /// The newest row, or where the head stands when there is none after it.
    position newest();
    /// Of the row with that number, or of the head.
    std::optional<digest128> hash_at(std::uint64_t seq);
    /// SQLite's own look at all of the file; empty when it finds nothing.
    std::string check();

    // --- Transactions: what is done between the two is kept whole or not at all.
    // Synced: it survives an end of the machine, and so does everything before it.
    void begin(bool synced);
    void commit();

    void append(const row&);
    void add_part(std::uint64_t snapshot, const part&);
    /// In a transaction of its own, synced.
    void publish(const head&);

    /// Rows above `after` in their order, until one is not wanted any more.
    void rows(std::uint64_t after, const std::function<bool(const row&)>& visit);
    /// The head's parts in their order, likewise, from one on.
    void parts(std::uint64_t from, const std::function<bool(const part&)>& visit);
    /// The bytes of all bodies above `after`.
    std::uint64_t row_bytes(std::uint64_t after);

    // --- What the head has made needless, a little at a time; whether there is more.
    bool delete_rows(std::uint64_t bytes);
    bool delete_parts(std::int64_t count);
    /// Gives free pages at the end of the file back.
    void shrink(std::uint64_t pages);

    std::uint64_t page_bytes() const noexcept { return page_bytes_; }
    std::uint64_t pages();
    std::uint64_t free_pages();

    database& base() noexcept { return base_; }

    /// Of the tables, as the file says.
    std::int64_t format() const noexcept { return format_; }

private:
    /// Whether the file is new; throws where it is none of ours.
    bool identify();
    void make();
    void look();

    database base_;
    std::int64_t format_ = 0;
    bool is_new_ = false;  ///< known when `format_` is
    head head_;
    std::uint64_t page_bytes_ = 0;

    struct statements;
    struct discard {
        void operator()(statements*) const noexcept;
    };
    std::unique_ptr<statements, discard> do_;
};

}  // namespace admit::journal
