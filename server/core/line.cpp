#include "server/core/line.hpp"

#include "server/core/hash.hpp"

#include <algorithm>
#include <cassert>

namespace admit::core {
namespace {

std::size_t count(const line_place* place) noexcept { return place != nullptr ? place->count : 0; }

std::int64_t slots_max(const line_place* place) noexcept {
    return place != nullptr ? place->slots_max : 0;
}

void refresh(line_place& place) noexcept {
    place.count = 1 + count(place.left) + count(place.right);
    place.slots_max = std::max({place.slots, slots_max(place.left), slots_max(place.right)});
}

void adopt(line_place& parent, line_place*& side, line_place* child) noexcept {
    side = child;
    if (child != nullptr)
        child->up = &parent;
    refresh(parent);
}

/// Joins two trees of which all of `a` ranks below all of `b`.
line_place* join(line_place* a, line_place* b) noexcept {
    if (a == nullptr)
        return b;
    if (b == nullptr)
        return a;
    if (mix(a->rank) > mix(b->rank)) {
        adopt(*a, a->right, join(a->right, b));
        return a;
    }
    adopt(*b, b->left, join(a, b->left));
    return b;
}

struct halves {
    line_place* below = nullptr;
    line_place* above = nullptr;
};

/// Splits a tree into what ranks below and above `rank`.
halves split(line_place* tree, std::uint64_t rank) noexcept {
    if (tree == nullptr)
        return {};
    halves parts;
    if (tree->rank < rank) {
        parts = split(tree->right, rank);
        adopt(*tree, tree->right, parts.below);
        parts.below = tree;
    } else {
        parts = split(tree->left, rank);
        adopt(*tree, tree->left, parts.above);
        parts.above = tree;
    }
    return parts;
}

line_place* leftmost(line_place* tree) noexcept {
    while (tree->left != nullptr)
        tree = tree->left;
    return tree;
}

line_place* rightmost(line_place* tree) noexcept {
    while (tree->right != nullptr)
        tree = tree->right;
    return tree;
}

}  // namespace

void waiting_line::insert(line_place& place) noexcept {
    place.up = place.left = place.right = nullptr;
    if (last_ == nullptr || last_->rank < place.rank) return append(place);
    refresh(place);
    const halves parts = split(root_, place.rank);
    root_ = join(join(parts.below, &place), parts.above);
    root_->up = nullptr;
    if (place.rank < first_->rank) first_ = &place;
}

/// Behind all others: under the lowest on the right edge that has a higher priority, and above what
/// was there.
void waiting_line::append(line_place& place) noexcept {
    const std::uint64_t priority = mix(place.rank);
    line_place* parent = last_;
    while (parent != nullptr && mix(parent->rank) <= priority)
        parent = parent->up;
    line_place*& edge = parent != nullptr ? parent->right : root_;
    place.up = parent;
    place.left = edge;
    if (edge != nullptr) edge->up = &place;
    edge = &place;
    refresh(place);
    count_in(place, parent);
    last_ = &place;
    if (first_ == nullptr) first_ = &place;
}

void waiting_line::count_in(const line_place& who, line_place* from) noexcept {
    for (line_place* p = from; p != nullptr; p = p->up) {
        ++p->count;
        p->slots_max = std::max(p->slots_max, who.slots);
    }
}

void waiting_line::count_out(const line_place& who, line_place* from) noexcept {
    for (line_place* p = from; p != nullptr; p = p->up) {
        --p->count;
        // Only where nobody else is known to ask for as much does it take a look.
        if (p->slots_max == who.slots && p->slots < who.slots) refresh(*p);
    }
}

void waiting_line::erase(line_place& place) noexcept {
    assert(place.count > 0);
    // Who stands first has nobody on the left, who stands last nobody on the right.
    if (&place == first_) first_ = place.right != nullptr ? leftmost(place.right) : place.up;
    if (&place == last_) last_ = place.left != nullptr ? rightmost(place.left) : place.up;
    line_place* const parent = place.up;
    line_place* const heir = join(place.left, place.right);
    if (heir != nullptr)
        heir->up = parent;
    if (parent == nullptr)
        root_ = heir;
    else
        (parent->left == &place ? parent->left : parent->right) = heir;
    count_out(place, parent);
    place.up = place.left = place.right = nullptr;
    place.count = 0;
}

std::size_t waiting_line::position(const line_place& place) noexcept {
    std::size_t ahead = count(place.left);
    for (const line_place* p = &place; p->up != nullptr; p = p->up) {
        if (p->up->right == p)
            ahead += 1 + count(p->up->left);
    }
    return ahead + 1;
}

line_place* waiting_line::after(std::uint64_t rank) const noexcept {
    line_place* found = nullptr;
    for (line_place* p = root_; p != nullptr;) {
        if (p->rank > rank) {
            found = p;
            p = p->left;
        } else {
            p = p->right;
        }
    }
    return found;
}

line_place* waiting_line::first_above(std::int64_t slots) const noexcept {
    line_place* p = root_;
    if (slots_max(p) <= slots)
        return nullptr;
    while (true) {
        if (slots_max(p->left) > slots)
            p = p->left;
        else if (p->slots > slots)
            return p;
        else
            p = p->right;
    }
}

}  // namespace admit::core
