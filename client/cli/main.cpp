// `admit`: the command line of the client. Its exit statuses are listed in run/exit_status.hpp.
#include "client/cli/arguments.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/demo.hpp"
#include "client/run/exit_status.hpp"
#include "client/run/notice.hpp"
#include "client/run/runner.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <utility>

namespace admit::client {
namespace {

int run_command(const arguments& a) {
    run_options options;
    options.server = a.server;
    options.acquire = a.acquire;
    options.grace = a.grace;
    options.command = a.command;
    return run(options);
}

int dispatch(const arguments& a) {
    if (a.what == verb::run) return run_command(a);
    // A closed stdout is an error like another, told by an exit status.
    std::signal(SIGPIPE, SIG_IGN);
    switch (a.what) {
        case verb::acquire:
            return acquire(a);
        case verb::renew:
            return renew(a);
        case verb::release:
            return release(a);
        case verb::demo:
            return demo(a.server);
        default:
            return pools(a);
    }
}

}  // namespace
}  // namespace admit::client

int main(int argc, char** argv) {
    using namespace admit::client;
    try {
        const std::variant<arguments, early_end> read = parse_arguments(argc, argv);
        if (const auto* end = std::get_if<early_end>(&read)) {
            std::fputs(end->text.c_str(), end->exit_status == 0 ? stdout : stderr);
            return end->exit_status;
        }
        return dispatch(std::get<arguments>(read));
    } catch (const std::exception& e) {
        complain(e.what());
        return exit_status::failed;
    }
}
