// `admit`: the command line of the client. Its commands are listed in cli/commands.cpp, its exit
// statuses in run/exit_status.hpp.
#include "client/cli/arguments.hpp"
#include "client/run/exit_status.hpp"
#include "client/run/notice.hpp"

#include <cstdio>
#include <exception>
#include <variant>

int main(int argc, char** argv) {
    using namespace admit::client;
    try {
        const std::variant<arguments, early_end> read = parse_arguments(argc, argv);
        if (const auto* end = std::get_if<early_end>(&read)) {
            std::fputs(end->text.c_str(), end->exit_status == 0 ? stdout : stderr);
            return end->exit_status;
        }
        const auto& all = *std::get_if<arguments>(&read);
        return all.what->run(all);
    } catch (const std::exception& e) {
        complain(e.what());
        return exit_status::failed;
    }
}
