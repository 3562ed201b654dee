#include "server/core/deadlines.hpp"

#include <algorithm>
#include <tuple>

namespace admit::core {
namespace {

constexpr std::size_t arity = 4;

bool before(const deadline_heap::entry& a, const deadline_heap::entry& b) noexcept {
    if (a.at != b.at) return a.at < b.at;
    return std::tie(a.what->kind, a.what->id) < std::tie(b.what->kind, b.what->id);
}

}  // namespace

void deadline_heap::set(deadline& what, instant at) {
    if (!what.is_set()) {
        what.slot = heap_.size();
        heap_.push_back({at, &what});
    }
    what.at = at;
    heap_[what.slot].at = at;
    rise(what.slot);
    sink(what.slot);
}

void deadline_heap::clear(deadline& what) noexcept {
    if (!what.is_set()) return;
    const std::size_t hole = what.slot;
    const entry last = heap_.back();
    heap_.pop_back();
    what.slot = deadline::unset;
    if (last.what == &what) return;
    put(hole, last);
    rise(hole);
    sink(last.what->slot);
}

void deadline_heap::put(std::size_t slot, const entry& e) noexcept {
    heap_[slot] = e;
    e.what->slot = slot;
}

void deadline_heap::rise(std::size_t slot) noexcept {
    const entry rising = heap_[slot];
    const std::size_t from = slot;
    while (slot > 0) {
        const std::size_t parent = (slot - 1) / arity;
        if (!before(rising, heap_[parent])) break;
        put(slot, heap_[parent]);
        slot = parent;
    }
    if (slot != from) put(slot, rising);
}

void deadline_heap::sink(std::size_t slot) noexcept {
    const entry sinking = heap_[slot];
    const std::size_t from = slot;
    while (true) {
        const std::size_t first = slot * arity + 1;
        if (first >= heap_.size()) break;
        const std::size_t end = std::min(first + arity, heap_.size());
        std::size_t least = first;
        for (std::size_t child = first + 1; child < end; ++child) {
            if (before(heap_[child], heap_[least])) least = child;
        }
        if (!before(heap_[least], sinking)) break;
        put(slot, heap_[least]);
        slot = least;
    }
    if (slot != from) put(slot, sinking);
}

}  // namespace admit::core
