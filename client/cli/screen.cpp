#include "client/cli/screen.hpp"

#include "client/cli/output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

namespace admit::client {
namespace {

constexpr char enter_sequence[] = "\x1b[?1049h\x1b[?25l\x1b[2J";
constexpr char leave_sequence[] = "\x1b[?25h\x1b[?1049l";

/// From the background as well: there SIGTTOU would stop the process, which is about to end.
void set_terminal(const termios& to) noexcept {
    sigset_t ttou;
    sigset_t before;
    sigemptyset(&ttou);
    sigaddset(&ttou, SIGTTOU);
    ::pthread_sigmask(SIG_BLOCK, &ttou, &before);
    ::tcsetattr(STDOUT_FILENO, TCSADRAIN, &to);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

bool screen::possible() noexcept {
    const char* const term = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) == 1 && term != nullptr && *term != '\0' &&
           std::string_view{term} != "dumb";
}

void screen::enter() noexcept {
    if (!known_) known_ = ::tcgetattr(STDOUT_FILENO, &before_) == 0;
    if (known_) {
        termios raw = before_;
        // Ctrl-C and Ctrl-Z stay signals. Ctrl-S would hold up everything.
        raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        raw.c_iflag &= ~static_cast<tcflag_t>(IXON);
        raw.c_cc[VMIN] = 0;
        raw.c_cc[VTIME] = 0;
        // In the background this stops the process until it is in front.
        ::tcsetattr(STDOUT_FILENO, TCSADRAIN, &raw);
    }
    print(enter_sequence);
    ours_ = true;
}

void screen::leave() noexcept {
    if (!ours_) return;
    ours_ = false;
    print(leave_sequence);
    if (known_) set_terminal(before_);
}

window screen::size() const noexcept {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return {};
    return {size.ws_row, size.ws_col};
}

bool screen::paint(const std::vector<line>& lines, bool colours) const {
    const std::size_t columns = size().columns;
    std::string out = "\x1b[H";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) out += "\n";
        out += shown(lines[i], colours, columns) + "\x1b[K";
    }
    return print(out + "\x1b[J");
}

}  // namespace admit::client
