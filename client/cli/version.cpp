// `admit version`: the client's and the server's.
#include "client/blocking_client.hpp"
#include "client/cli/declarations.hpp"
#include "client/cli/help.hpp"
#include "client/cli/output.hpp"
#include "proto/codec.hpp"

#include <utility>

namespace admit::client {
namespace {

void add_member(std::string& out, const char* name, const std::string& value) {
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
}

std::string json_of(const result<server_version>& server) {
    std::string out = R"({"client":{)";
    add_member(out, "name", "admit");
    out += ',';
    add_member(out, "version", ADMIT_VERSION);
    out += R"(},"server":)";
    if (!server) return out + "null}\n";
    char mark = '{';
    for (const auto& [name, value] :
         {std::pair{"name", &server->name}, std::pair{"version", &server->version},
          std::pair{"commit", &server->commit}, std::pair{"api", &server->api}}) {
        out += mark;
        add_member(out, name, *value);
        mark = ',';
    }
    return out + "}}\n";
}

std::vector<line> lines_of(const result<server_version>& server) {
    std::vector<line> out{{{"admit " ADMIT_VERSION}}};
    if (server)
        out.push_back({{server->name + " " + server->version + " (" + server->commit + "), API " +
                        server->api}});
    return out;
}

void declare(declarations& options, arguments& into) {
    options.flag("--json", "both as JSON", into.json);
}

int version(const arguments& a) {
    blocking_client server{connection_of(a)};
    const result<server_version> got = server.call(calls::get_version{});
    const int status = a.json ? printed(json_of(got)) : printed(lines_of(got));
    return got ? status : fail(got.error());
}

const command family[] = {
    {"version", "Show the versions of client and server", help::version, declare, version},
};

}  // namespace

std::span<const command> version_command() { return family; }

}  // namespace admit::client
