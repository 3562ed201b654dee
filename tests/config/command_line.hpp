// admitd's command line in a test, as its words.
#pragma once

#include "server/config/options.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <variant>
#include <vector>

namespace admit::config {

inline std::variant<options, early_end> parsed(std::vector<const char*> args) {
    args.insert(args.begin(), "admitd");
    return parse(static_cast<int>(args.size()), args.data());
}

/// Of a command line that is right; a failure of the test where it is not.
inline options options_of(std::vector<const char*> args) {
    auto result = parsed(std::move(args));
    if (auto* const end = std::get_if<early_end>(&result)) {
        ADD_FAILURE() << end->text;
        return {};
    }
    return std::move(std::get<options>(result));
}

}  // namespace admit::config
