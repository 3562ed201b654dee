// What the tests of the codec share.
#pragma once

#include "proto/codec.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace admit {

/// The value, or a failed test that says why there is none.
template <class T>
T value_of(const decoded<T>& result) {
    if (const auto* wrong = std::get_if<problem>(&result)) {
        ADD_FAILURE() << "refused: " << wrong->field << ": " << wrong->detail;
        return {};
    }
    return std::get<T>(result);
}

/// The problem, or a failed test where the bytes were accepted.
template <class T>
problem problem_in(const decoded<T>& result, const std::string& bytes) {
    const auto* wrong = std::get_if<problem>(&result);
    if (wrong == nullptr) {
        ADD_FAILURE() << "accepted: " << bytes;
        return {};
    }
    EXPECT_EQ(wrong->code, errc::bad_request);
    EXPECT_FALSE(wrong->detail.empty()) << bytes;
    return *wrong;
}

inline handle_text handle_of(token number) {
    return handle_text(std::to_string(number) + ".mac");
}

/// What the server writes.
inline std::string encoded(const answer& what) {
    std::string out;
    encode(what, handle_of, out);
    return out;
}

/// A message that must be refused: the field that is named, and a part of the detail.
struct bad_message {
    std::string body;
    std::string field;
    std::string detail = {};
};

template <class Decode>
void expect_refused(Decode decode, const std::vector<bad_message>& messages) {
    for (const bad_message& each : messages) {
        const problem wrong = problem_in(decode(each.body), each.body);
        EXPECT_EQ(wrong.field, each.field) << each.body << "\n" << wrong.detail;
        EXPECT_NE(wrong.detail.find(each.detail), std::string::npos) << each.body << "\n"
                                                                     << wrong.detail;
    }
}

}  // namespace admit
