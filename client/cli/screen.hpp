// The terminal while `admit top` has it: the alternate screen, without cursor, echo and line
// editing. Plain ANSI, so that it works wherever ssh leads.
#pragma once

#include "client/cli/colour.hpp"

#include <termios.h>

#include <cstddef>
#include <vector>

namespace admit::client {

struct window {
    std::size_t rows = 24;
    std::size_t columns = 80;
};

class screen {
public:
    /// Whether stdout is a terminal that can be painted on.
    static bool possible() noexcept;

    screen() noexcept { enter(); }
    ~screen() { leave(); }
    screen(const screen&) = delete;
    screen& operator=(const screen&) = delete;

    /// Takes the terminal; again, where somebody else had it in between.
    void enter() noexcept;
    /// Gives it back as it was found. Again is fine.
    void leave() noexcept;

    /// As it is now.
    window size() const noexcept;
    /// Replaces what is shown. False where it cannot be written.
    bool paint(const std::vector<line>&, bool colours) const;

private:
    termios before_{};
    bool known_ = false;  ///< whether `before_` is what the terminal was like
    bool ours_ = false;
};

}  // namespace admit::client
