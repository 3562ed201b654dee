// Walking the chains of rows and parts, and learning what has to be known of all that ever was.
#pragma once

#include "server/journal/journal.hpp"
#include "server/journal/sqlite/store.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace admit::journal {

/// What stays known of records that are gone.
struct lore {
    std::int64_t longest_ttl_ms = 0;
    admit::token newest_token = 0;

    /// Whether the record is one that has to survive an end of the machine whatever the mode: the
    /// next process must not think less of what was given.
    bool learn(const core::record&);
    void learn(std::int64_t ttl_ms, admit::token);
};

/// Takes rows in their order. Throws `refusal` at the first one that is not the next one, whole and
/// unaltered.
class row_chain {
public:
    row_chain(std::string file, const position& from) : file_(std::move(file)), at_(from) {}

    void take(const row&, const std::function<void(const frame&)>& visit);
    const position& at() const noexcept { return at_; }

private:
    const std::string file_;
    position at_;
};

/// The same for the parts of a snapshot.
class part_chain {
public:
    part_chain(std::string file, const head& of) : file_(std::move(file)), hash_(first_link(of)) {}

    void take(const part&, const std::function<void(const core::image&)>& visit);
    /// Whether these were all parts of `of`.
    void check_end(const head& of) const;

private:
    const std::string file_;
    digest128 hash_;
    std::uint64_t next_ = 0;
};

}  // namespace admit::journal
