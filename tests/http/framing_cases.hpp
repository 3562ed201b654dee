// The framing table: bytes, and what must be heard of them whatever pieces they come in.
#pragma once

#include <string>
#include <vector>

namespace admit::http::testing {

struct framing_case {
    std::string name;
    std::string bytes;
    std::string heard;   ///< the line of the request or the refusal
    bool closes = true;  ///< nothing is heard after it
};

/// Refused with the connection closed, because nobody can say where the next request begins.
std::vector<framing_case> closing_cases();
/// Odd or wrong, but well framed: what follows is heard.
std::vector<framing_case> going_on_cases();

}  // namespace admit::http::testing
