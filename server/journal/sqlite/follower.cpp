#include "server/journal/sqlite/follower.hpp"

#include "server/journal/codec.hpp"
#include "server/journal/trouble.hpp"

#include <algorithm>
#include <utility>

namespace admit::journal {
namespace {

constexpr std::size_t part_bytes = 64 * 1024;
constexpr std::size_t images_at_once = 64;
constexpr std::size_t forgotten_at_once = 1024;

}  // namespace

follower::follower(const core::settings& s, std::string file, const head& from)
    : file_(std::move(file)), from_(from), state_(s), parts_(file_, from), rows_(file_, from.at) {}

void follower::restore(const part& p) {
    parts_.take(p, [this](const core::image& i) {
        if (const auto* counters = std::get_if<core::counters_image>(&i)) newest_ = counters->at;
        state_.restore(i);
    });
}

void follower::follow(const row& r) {
    if (!std::exchange(restored_, true)) check_restored();
    rows_.take(r, [&](const frame& f) {
        newest_ = std::max(newest_, f.at);
        for (const core::record& what : f.records)
            state_.replay(what, f.at);
        if (state_.digest() != f.digest)
            throw refusal({trouble_kind::damaged,
                           file_ + ": batch " + std::to_string(r.at.seq) +
                               " leads to another state than the one that the server was in"});
    });
}

void follower::freeze() {
    while (state_.forget(newest_, forgotten_at_once)) {}
}

void follower::make_parts(std::size_t bytes, std::vector<std::string>& out) {
    std::size_t made = 0;
    while (made < bytes && !cursor_.over) {
        std::string part;
        while (part.size() < part_bytes && !cursor_.over) {
            images_.clear();
            state_.images(cursor_, images_at_once, images_);
            for (const core::image& i : images_) {
                const std::size_t before = part.size();
                encode(i, part);
                if (std::holds_alternative<core::ended_image>(i) ||
                    std::holds_alternative<core::cancelled_image>(i))
                    remembered_bytes_ += part.size() - before;
            }
        }
        made += part.size();
        if (!part.empty()) out.push_back(std::move(part));
    }
}

frame follower::raise(const core::raised& to) {
    core::effects done;
    state_.raise(to, newest_, done);
    return {.at = newest_, .records = std::move(done.records), .digest = state_.digest()};
}

}  // namespace admit::journal
