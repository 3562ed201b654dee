#include "server/http/request.hpp"

#include <array>

namespace admit::http {
namespace {

constexpr std::array<std::string_view, 8> method_names{"GET",   "HEAD",   "POST",    "PUT",
                                                       "PATCH", "DELETE", "OPTIONS", "OTHER"};

}  // namespace

std::string_view name(method what) noexcept { return method_names[static_cast<std::size_t>(what)]; }

method method_of(std::string_view text) noexcept {
    for (std::size_t i = 0; i + 1 < method_names.size(); ++i)
        if (method_names[i] == text) return static_cast<method>(i);
    return method::other;
}

}  // namespace admit::http
