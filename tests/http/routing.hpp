// Requests by hand, for tests of routing: the strings live as long as the helper.
#pragma once

#include "server/http/handles.hpp"
#include "server/http/route.hpp"

#include <string>
#include <string_view>

namespace admit::http::testing {

struct routing {
    handles mine{secret_key{1, 2, 3}};
    id_maker ids;
    bool loopback = false;
    request from;
    std::string header;

    routed ask(method what, std::string_view target, std::string_view body = {}) {
        // As on a connection, more text follows: whoever reads on will stumble over it.
        header = std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        from.method = what;
        from.target = std::string_view(header).substr(0, target.size());
        from.body = body;
        return route(from, {mine, ids, loopback});
    }

    /// The command that a request becomes; the test fails where it becomes something else.
    template <class Command>
    Command command(method what, std::string_view target, std::string_view body = {}) {
        return std::get<Command>(std::get<core::command>(ask(what, target, body).what));
    }

    /// "405 method_not_allowed", with the field behind it where there is one; empty for no problem.
    std::string refusal(method what, std::string_view target, std::string_view body = {}) {
        const routed to = ask(what, target, body);
        const auto* problem = std::get_if<admit::problem>(&to.what);
        if (problem == nullptr) return {};
        std::string out = std::to_string(status(problem->code)) + ' ';
        out += name(problem->code);
        if (!problem->field.empty()) out += ' ' + problem->field;
        return out;
    }
};

}  // namespace admit::http::testing
