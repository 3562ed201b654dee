#include "client/result.hpp"

namespace admit::client {

std::string message(const failure& f) {
    if (f.why == cause::refused) {
        const problem& p = f.answer;
        std::string text = p.detail.empty() ? std::string{title(p.code)} : p.detail;
        // A detail that begins with "must be" needs its subject.
        if (!p.field.empty() && text.find(p.field) == std::string::npos)
            text = p.field + ": " + text;
        return text + " (" + std::string{name(p.code)} + ")";
    }
    if (!f.detail.empty()) return f.detail;
    return f.why == cause::given_up ? "given up" : "no answer";
}

}  // namespace admit::client
