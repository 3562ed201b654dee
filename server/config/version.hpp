// Which Admit this is.
#pragma once

#include <string_view>

namespace admit::config {

/// "0.1.0"
std::string_view version() noexcept;
/// The commit it was built from, shortened; "unknown" for a build outside of a repository.
std::string_view commit() noexcept;

}  // namespace admit::config
