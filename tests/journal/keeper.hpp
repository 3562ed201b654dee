// Opens journals on disk for tests, appends and waits, and builds the state that one tells of.
#pragma once

#include "server/core/core.hpp"
#include "server/journal/open.hpp"
#include "tests/journal/fault_vfs.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace admit::journal::test {

/// One that has to open: throws `refusal`.
std::unique_ptr<journal> open_in(const std::string& directory, const options&);

/// Appends and waits for the end.
std::error_code append(journal&, const std::vector<frame>&);

/// Everything that a journal tells.
struct told {
    former_life life;
    std::size_t images = 0;
    std::vector<frame> frames;
    std::unique_ptr<core::core> state;  ///< made of both
    bool digests_match = true;
};
told replay(journal&, const core::settings&);

/// Waits until there is nothing to do but to append. False where the journal fails.
bool wait_for_rest(const journal&);

}  // namespace admit::journal::test
