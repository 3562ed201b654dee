// The one place that knows which journals there are.
#pragma once

#include "server/journal/journal.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace admit::journal {

/// A journal, or why there is none, in words for people.
using opened = std::variant<std::unique_ptr<journal>, std::string>;

/// Opens the journal that `where` names: its kind and, for kinds that lie somewhere, `:` and the
/// place. Kinds: "memory". Blocks; before the loops run.
opened open(std::string_view where);

}  // namespace admit::journal
