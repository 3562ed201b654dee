#include "server/journal/sqlite/rewrite.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace admit::journal {
namespace {

constexpr std::size_t parts_at_once = 1 << 20;

}  // namespace

void write_snapshot(store& to, follower& from, head as) {
    as.parts_hash = first_link(as);
    from.freeze();
    while (!from.over()) {
        std::vector<std::string> bodies;
        from.make_parts(parts_at_once, bodies);
        to.begin(false);
        for (const std::string& body : bodies) {
            as.parts_hash = link(as.parts_hash, as.parts, 0, body);
            to.add_part(as.number, {as.parts, as.parts_hash, body});
            as.bytes += body.size();
            ++as.parts;
        }
        to.commit();
    }
    as.remembered_bytes = from.remembered_bytes();
    to.publish(as);
}

void remove_database(const std::string& file) {
    for (const char* end : {"", "-wal", "-journal"})
        std::filesystem::remove(file + end);
}

}  // namespace admit::journal
