// One request and its reply on a blocking connection: for what is set up and looked up around a
// measurement, and not measured itself.
#pragma once

#include "bench/support/socket.hpp"

#include <string>
#include <string_view>

namespace admit::bench {

class exchange {
public:
    /// Connects. Throws std::system_error where that fails.
    explicit exchange(const endpoint& to);

    /// The reply's body. Throws std::runtime_error for any status but 200 and 201.
    std::string ask(std::string_view method, std::string_view path, std::string_view body = {});

private:
    std::string host_;
    descriptor socket_;
};

}  // namespace admit::bench
