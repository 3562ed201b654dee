#include "client/cli/output.hpp"

#include "client/run/exit_status.hpp"
#include "client/run/near_pool.hpp"
#include "client/run/notice.hpp"
#include "proto/codec.hpp"

#include <csignal>
#include <cstdio>

namespace admit::client {
namespace {

/// Somebody looks at it: long enough for a server that starts again, no longer.
constexpr std::chrono::seconds patience{3};

}  // namespace

client_options connection_of(const arguments& a) {
    return {.servers = a.servers, .patience = patience};
}

bool print(const std::string& text) {
    // A closed stdout is an error like another, told by an exit status.
    std::signal(SIGPIPE, SIG_IGN);
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
           std::fflush(stdout) == 0;
}

int printed(const std::string& text) {
    if (print(text)) return exit_status::ok;
    complain("the answer cannot be written");
    return exit_status::failed;
}

int printed(const std::vector<line>& lines) { return printed(text_of(lines, colours_wanted())); }

std::string json(const answer& value, const std::string& handle) {
    std::string out;
    encode(
        value, [&handle](token) { return handle_text(handle); }, out);
    return out + "\n";
}

int fail(const failure& f) {
    complain(message(f));
    return exit_status::of(f);
}

int fail(const arguments& a, const failure& f, const std::string& pool) {
    complain(message(f) + near_pool(a.servers, f, pool));
    return exit_status::of(f);
}

}  // namespace admit::client
