// What `admit` says to people on stderr.
#pragma once

#include "proto/answers.hpp"

#include <string>
#include <string_view>

namespace admit::client {

/// One line: `admit: …`.
void complain(std::string_view text);

/// The line that a waiting `admit` shows on a terminal, in place.
class line_notice {
public:
    /// Whether stderr is a terminal.
    static bool watched() noexcept;

    void show(std::string_view pool, const queued& place);
    /// Takes the line away, if there is one.
    void clear();

private:
    bool shown_ = false;
};

}  // namespace admit::client
