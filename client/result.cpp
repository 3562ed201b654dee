#include "client/result.hpp"

namespace admit::client {

std::string message(const failure& f) {
    if (f.why == cause::refused) {
        const std::string& detail = f.answer.detail;
        const std::string code{name(f.answer.code)};
        return detail.empty() ? std::string{title(f.answer.code)} + " (" + code + ")"
                              : detail + " (" + code + ")";
    }
    if (!f.detail.empty()) return f.detail;
    return f.why == cause::given_up ? "given up" : "no answer";
}

}  // namespace admit::client
