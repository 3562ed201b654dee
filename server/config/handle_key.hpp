// The key of the lease handles, in a file of its own beside the journal: whoever can read it can
// make handles, so it is in no backup of the journal, and nobody else may read it.
#pragma once

#include "server/config/pools.hpp"
#include "server/http/handles.hpp"

#include <optional>
#include <string>
#include <variant>

namespace admit::config {

/// The key in `directory`; nothing where there is no file. An error where the file is not exactly
/// what `write_handle_key` makes: a key, ours, and nobody else's to read.
std::variant<std::optional<http::secret_key>, error> read_handle_key(const std::string& directory);

/// Writes it, durably and whole or not at all. Not where there is one: that is an error.
std::optional<error> write_handle_key(const std::string& directory, const http::secret_key&);

/// For a directory that is being restored: makes a key where there is none. Whether the key is a
/// new one, made by this attempt or by an earlier one that was ended.
std::variant<bool, error> settle_handle_key(const std::string& directory);

/// The restore has come to its end, or a server uses the key: it is as old as any from now on.
void forget_new_handle_key(const std::string& directory) noexcept;

}  // namespace admit::config
