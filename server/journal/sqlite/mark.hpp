// The high-water mark: beside the journal, how far it had come. SQLite drops what follows a damaged
// place in its log without a word; the mark remembers that it was there.
//
//   journal.mark = two slots of 512 bytes, written in turns: magic, version, fields, zeroes, hash
#pragma once

#include "server/journal/sqlite/files.hpp"
#include "server/journal/sqlite/head.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace admit::journal {

struct mark {
    digest128 id{};        ///< the journal's
    position at;           ///< the newest row that was durable, by the rule of `relaxed`
    std::string boot;      ///< the machine's start during which it was written
    bool clean = false;    ///< the journal was closed, and nothing came after
    bool relaxed = false;  ///< what came last was not synced
    /// Somebody may hold what is forgotten: nobody is admitted for `longest_ttl_ms`.
    bool quarantine = false;
    std::int64_t longest_ttl_ms = 0;
    std::uint64_t newest_token = 0;
    bool restored = false;  ///< the journal was made from a backup; for `quarantine`
};

/// The newest one that is whole in a file that is only read; none where there is no file.
std::optional<mark> read_mark(const std::string& path);

/// One thread at a time. Throws std::system_error.
class mark_file {
public:
    /// Opens it, and makes it where it is missing.
    explicit mark_file(const std::string& path);

    /// The newest that is whole; none in a new file, or where both slots are damaged.
    const std::optional<mark>& found() const noexcept { return found_; }

    /// Not synced: it survives an end of the process.
    void write(const mark&);
    void sync() { file_.sync(); }

private:
    file file_;
    std::optional<mark> found_;
    std::uint64_t generation_ = 0;
};

}  // namespace admit::journal
