// What a record of the journal says, for people and programs that look at it. Request ids are
// secrets and left out; handles are in no record.
#pragma once

#include "server/core/record.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace admit::config {

/// A name of the API's words, and its value.
struct record_field {
    std::string_view name;  ///< lives for ever
    std::variant<std::int64_t, std::string> value;
};

std::vector<record_field> fields_of(const core::record&);

}  // namespace admit::config
