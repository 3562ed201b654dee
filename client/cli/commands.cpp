#include "client/cli/command.hpp"

#include <vector>

namespace admit::client {

std::span<const command> commands() {
    static const std::vector<command> all = [] {
        std::vector<command> out;
        for (const std::span<const command> family :
             {run_command(), admission_commands(), pool_commands(), listing_commands(),
              top_command(), demo_command(), version_command()})
            out.insert(out.end(), family.begin(), family.end());
        return out;
    }();
    return all;
}

}  // namespace admit::client
