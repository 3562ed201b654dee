// Which Admit this is.
#pragma once

namespace admit::config {

/// "0.1.0"
const char* version() noexcept;
/// The commit it was built from, shortened; "unknown" for a build outside of a repository.
const char* commit() noexcept;

}  // namespace admit::config
