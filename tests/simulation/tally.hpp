// Counts how often each kind of thing occurred, to prove that a random run met all of them.
#pragma once

#include "server/core/command.hpp"
#include "server/core/effects.hpp"

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace admit::test {

class tally {
public:
    /// Begins a group whose members are all known; `rare_percent` is the least share of each.
    void group(std::string_view name, double rare_percent, const std::vector<std::string>& members);
    void count(std::string_view group, std::string_view member);

    /// A table of all groups.
    void print(std::ostream&) const;
    /// The members with less than their share, one text each.
    std::vector<std::string> rare() const;

private:
    struct counted {
        double rare_percent = 0;
        std::int64_t all = 0;
        std::map<std::string, std::int64_t, std::less<>> members;
    };
    std::map<std::string, counted, std::less<>> groups_;
};

/// A tally with the groups of the core: commands, refusals, records, endings, reasons to leave and
/// what renewals and releases found.
tally core_tally();

void count(tally&, const core::command&);
void count(tally&, const core::record&);
void count(tally&, const answer&);

}  // namespace admit::test
