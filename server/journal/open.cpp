#include "server/journal/open.hpp"

#include "server/journal/memory.hpp"

#include <array>

namespace admit::journal {
namespace {

struct backend {
    std::string_view kind;
    opened (*open)(std::string_view place);
};

opened open_memory(std::string_view place) {
    if (!place.empty())
        return "the journal 'memory' lies nowhere: say just 'memory'";
    return make_memory();
}

// A new backend is a line here, a header that makes it, and a row in the contract's tests.
constexpr std::array backends{
    backend{"memory", open_memory},
};

}  // namespace

opened open(std::string_view where) {
    const std::size_t colon = where.find(':');
    const std::string_view kind = where.substr(0, colon);
    const std::string_view place =
        colon == std::string_view::npos ? std::string_view{} : where.substr(colon + 1);
    for (const backend& b : backends) {
        if (b.kind == kind)
            return b.open(place);
    }
    std::string why = "there is no journal '" + std::string(kind) + "'; there is";
    for (const backend& b : backends)
        why.append(" '").append(b.kind).append("'");
    return why;
}

}  // namespace admit::journal
