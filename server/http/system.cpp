#include "server/http/system.hpp"

#include "server/http/openapi.hpp"

namespace admit::http {
namespace {

constexpr std::string_view json_type = "application/json";

std::string version_json(const service& from) {
    std::string out = R"({"name":"admitd","version":)";
    append_json_string(out, from.version);
    out += R"(,"commit":)";
    append_json_string(out, from.commit);
    out += R"(,"api":"v1"})";
    return out;
}

}  // namespace

int respond(system_call what, const service& from, const envelope& how, std::string& out) {
    switch (what) {
        case system_call::healthz:
            return respond_text(json_type, R"({"status":"ok"})", how, out);
        case system_call::readyz:
            if (engine::engine_readiness now = from.engine.readiness(); !now.ready) {
                // Whatever the reason, it is the same answer to the same question.
                now.why.code = errc::not_ready;
                return respond(now.why, {}, how, out);
            }
            return respond_text(json_type, R"({"status":"ready"})", how, out);
        case system_call::metrics:
            return respond_text("text/plain; version=0.0.4; charset=utf-8",
                                from.metrics ? from.metrics() : std::string(), how, out);
        case system_call::openapi:
            return respond_text(json_type, openapi_json(), how, out);
        case system_call::version:
            break;
    }
    return respond_text(json_type, version_json(from), how, out);
}

}  // namespace admit::http
