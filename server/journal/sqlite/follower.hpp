// A second core that follows the journal's own rows, and the parts of snapshots that are made of
// it. It also finds out whether the state is what the rows make it.
#pragma once

#include "server/core/core.hpp"
#include "server/journal/sqlite/verify.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace admit::journal {

/// For one thread at a time. Throws `refusal` where the journal is not what it has to be.
class follower {
public:
    follower(const core::settings&, std::string file, const head& from);

    /// All parts of the head's snapshot, then rows.
    void restore(const part&);
    void check_restored() const { parts_.check_end(from_); }
    void follow(const row&);
    const position& at() const noexcept { return rows_.at(); }

    /// It stays where it is from now on. Forgets what is due, then makes parts.
    void freeze();
    /// Appends further parts, of about so many bytes all together, until `over`.
    void make_parts(std::size_t bytes, std::vector<std::string>& out);
    bool over() const noexcept { return cursor_.over; }
    /// Bytes so far of what is remembered of leases and ids that have ended.
    std::uint64_t remembered_bytes() const noexcept { return remembered_bytes_; }
    /// The lease clock of the newest record.
    core::instant clock() const noexcept { return newest_; }
    const core::core& state() const noexcept { return state_; }

    /// When its parts are made: lets tokens and tickets go on from there. The frame that says so.
    frame raise(const core::raised& to);

private:
    const std::string file_;
    const head from_;
    core::core state_;
    part_chain parts_;
    row_chain rows_;
    bool restored_ = false;
    core::instant newest_{};
    core::image_cursor cursor_;
    std::uint64_t remembered_bytes_ = 0;
    std::vector<core::image> images_;
};

}  // namespace admit::journal
