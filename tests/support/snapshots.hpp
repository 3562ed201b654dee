// Snapshots of a core's state, held against the records that made it.
#pragma once

#include "server/core/core.hpp"
#include "tests/support/world.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace admit::test {

/// One line with every field.
std::string render(const core::image&);

/// All images of a core, so many in a slice.
std::vector<core::image> images_of(const core::core&, std::size_t slice);

/// A new core with these images.
std::unique_ptr<core::core> restored(const core::settings&, const std::vector<core::image>&);

/// Empty where a snapshot after the first `cut` records (of which a slice at a time), with the rest
/// replayed on top, gives what all records give; and where the walk is the same in any slices. Else
/// what differs.
std::string snapshot_difference(const core::settings&, const std::vector<journaled>&,
                                std::size_t cut, std::size_t slice);

}  // namespace admit::test
