// Words of the command line as values. All of them throw `misuse` with what would be right.
#pragma once

#include "client/cli/declarations.hpp"
#include "proto/values.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace admit::client {

/// `what` is the option or the word that `text` was written for.
std::chrono::milliseconds read_duration(const std::string& what, const std::string& text);
/// One from `least` to `most`, both included; `range` says so for people.
std::chrono::milliseconds read_duration(const std::string& what, const std::string& text,
                                        std::chrono::milliseconds least,
                                        std::chrono::milliseconds most, const char* range);
/// A lease's life: at least 1 s.
std::chrono::milliseconds read_lifetime(const std::string& what, const std::string& text);
std::int64_t read_number(const std::string& what, const std::string& text, std::int64_t least,
                         std::int64_t most);
admit::token read_token(const std::string& what, const std::string& text);
std::string read_pool(const std::string& text);
/// A worker's name or a request id.
std::string read_name(const std::string& what, const std::string& text);
std::string read_note(const std::string& what, const std::string& text);
std::pair<std::string, std::string> read_label(const std::string& what, const std::string& text);

/// `; did you mean 'limit'?`, or nothing where no name is near.
std::string did_you_mean(const std::string& name, const std::vector<std::string_view>& known);

}  // namespace admit::client
