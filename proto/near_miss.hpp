// "Did you mean …?"
#pragma once

#include <string_view>
#include <vector>

namespace admit {

/// The one of `known` that somebody who wrote `name` probably meant; empty where none is near.
std::string_view near_miss(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace admit
