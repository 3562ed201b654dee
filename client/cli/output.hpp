// How commands say what came out: on stdout for people or as JSON, and complaints on stderr.
#pragma once

#include "client/cli/arguments.hpp"
#include "client/cli/table.hpp"
#include "client/options.hpp"
#include "client/result.hpp"
#include "proto/answers.hpp"

#include <string>
#include <vector>

namespace admit::client {

/// What the commands make their client with.
client_options connection_of(const arguments&);

/// Writes to stdout. False where nobody can read it: a closed pipe, a full disk.
bool print(const std::string& text);
/// The same with a complaint; returns an exit status.
int printed(const std::string& text);
int printed(const std::vector<line>&);

/// The answer as the server wrote it, with a line feed, from its value. `handle` is the lease's of
/// an `acquired`.
std::string json(const answer&, const std::string& handle = {});

/// Complains, and returns the exit status of the failure.
int fail(const failure&);
/// The same of a call that named `pool`: with the near miss where there is no such pool.
int fail(const arguments&, const failure&, const std::string& pool);

}  // namespace admit::client
