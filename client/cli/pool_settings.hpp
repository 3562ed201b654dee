// Settings of a pool as `admit pool set` takes them: `limit=4 default_ttl=30s label.team=db`.
#pragma once

#include "proto/values.hpp"

#include <string>
#include <utility>
#include <vector>

namespace admit::client {

struct settings_wish {
    pool_change change;  ///< without labels
    /// In the order in which they were written; an empty value takes the label away.
    std::vector<std::pair<std::string, std::string>> labels;
};

/// Reads one `key=value`. Throws `misuse` for an unknown key, with the near miss; for a value that
/// it cannot have; and for a key that was set before.
void read_setting(const std::string& text, settings_wish& into);

/// `now` with the wish's labels set and taken away. Sorted by key.
labels labels_after(labels now, const settings_wish&);

}  // namespace admit::client
