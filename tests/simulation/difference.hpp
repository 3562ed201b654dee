// Compares what the core answers with what the model expects.
#pragma once

#include "proto/answers.hpp"

#include <string>

namespace admit::test {

/// Empty when `actual` is what `expected` allows, else both as text. What the contract leaves free
/// (texts for people, estimates, averages) is only held to its range.
std::string difference(const answer& expected, const answer& actual);

}  // namespace admit::test
