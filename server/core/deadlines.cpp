#include "server/core/deadlines.hpp"

#include <algorithm>
#include <tuple>

namespace admit::core {
namespace {

constexpr std::size_t arity = 4;

bool before(const deadline& a, const deadline& b) noexcept {
    return std::tie(a.at, a.kind, a.id) < std::tie(b.at, b.kind, b.id);
}

}  // namespace

void deadline_heap::set(deadline& entry, instant at) {
    if (!entry.is_set()) {
        heap_.push_back(&entry);
        entry.slot = heap_.size() - 1;
    }
    entry.at = at;
    rise(entry.slot);
    sink(entry.slot);
}

void deadline_heap::clear(deadline& entry) noexcept {
    if (!entry.is_set())
        return;
    const std::size_t hole = entry.slot;
    deadline* last = heap_.back();
    heap_.pop_back();
    entry.slot = deadline::unset;
    if (last == &entry)
        return;
    put(hole, last);
    rise(hole);
    sink(last->slot);
}

void deadline_heap::put(std::size_t slot, deadline* entry) noexcept {
    heap_[slot] = entry;
    entry->slot = slot;
}

void deadline_heap::rise(std::size_t slot) noexcept {
    deadline* entry = heap_[slot];
    while (slot > 0) {
        const std::size_t parent = (slot - 1) / arity;
        if (!before(*entry, *heap_[parent]))
            break;
        put(slot, heap_[parent]);
        slot = parent;
    }
    put(slot, entry);
}

void deadline_heap::sink(std::size_t slot) noexcept {
    deadline* entry = heap_[slot];
    while (true) {
        const std::size_t first = slot * arity + 1;
        if (first >= heap_.size())
            break;
        const std::size_t end = std::min(first + arity, heap_.size());
        std::size_t least = first;
        for (std::size_t child = first + 1; child < end; ++child) {
            if (before(*heap_[child], *heap_[least]))
                least = child;
        }
        if (!before(*heap_[least], *entry))
            break;
        put(slot, heap_[least]);
        slot = least;
    }
    put(slot, entry);
}

}  // namespace admit::core
