#include "server/journal/open.hpp"

#include "server/journal/memory.hpp"
#include "server/journal/sqlite/make.hpp"

#include <array>

namespace admit::journal {
namespace {

struct backend {
    std::string_view kind;
    opened (*open)(std::string_view place, const options&);
};

opened open_memory(std::string_view place, const options&) {
    if (!place.empty())
        return trouble{trouble_kind::unusable,
                       "the journal 'memory' lies nowhere: say just 'memory'"};
    return make_memory();
}

opened open_sqlite(std::string_view place, const options& o) {
    if (place.empty())
        return trouble{trouble_kind::unusable,
                       "the journal 'sqlite' lies in a directory: say 'sqlite:DIRECTORY'"};
    try {
        return make_sqlite(std::string(place), o);
    } catch (const refusal& why) { return trouble{why.kind, why.what()}; }
}

// A new backend is a line here, a header that makes it, and a row in the contract's tests.
constexpr std::array backends{
    backend{"memory", open_memory},
    backend{"sqlite", open_sqlite},
};

}  // namespace

opened open(std::string_view where, const options& o) {
    const std::size_t colon = where.find(':');
    const std::string_view kind = where.substr(0, colon);
    const std::string_view place =
        colon == std::string_view::npos ? std::string_view{} : where.substr(colon + 1);
    for (const backend& b : backends) {
        if (b.kind == kind) return b.open(place, o);
    }
    std::string why = "there is no journal '" + std::string(kind) + "'; there is";
    for (const backend& b : backends)
        why.append(" '").append(b.kind).append("'");
    return trouble{trouble_kind::unusable, std::move(why)};
}

}  // namespace admit::journal
