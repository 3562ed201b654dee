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

}  // namespace

void waiting_line::insert(line_place& place) noexcept {
    place.up = place.left = place.right = nullptr;
    refresh(place);
    const halves parts = split(root_, place.rank);
    root_ = join(join(parts.below, &place), parts.above);
    root_->up = nullptr;
}

void waiting_line::erase(line_place& place) noexcept {
    assert(place.count > 0);
    line_place* const parent = place.up;
    line_place* const heir = join(place.left, place.right);
    if (heir != nullptr)
        heir->up = parent;
    if (parent == nullptr)
        root_ = heir;
    else
        (parent->left == &place ? parent->left : parent->right) = heir;
    for (line_place* p = parent; p != nullptr; p = p->up)
        refresh(*p);
    place.up = place.left = place.right = nullptr;
    place.count = 0;
}

line_place* waiting_line::front() const noexcept {
    line_place* p = root_;
    while (p != nullptr && p->left != nullptr)
        p = p->left;
    return p;
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
