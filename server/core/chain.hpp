// A list that lives in its elements: in and out in no time, wherever they stand.
#pragma once

namespace admit::core {

/// What an element has for each chain that it may stand in.
template <class T>
struct chain_link {
    T* before = nullptr;
    T* after = nullptr;
};

/// A doubly linked list through the member `Link` of its elements. Owns nothing: an element leaves
/// before it is destroyed, and is neither copied nor moved while it stands in one.
template <class T, chain_link<T> T::*Link>
class chain {
public:
    bool empty() const noexcept { return first_ == nullptr; }
    T* first() const noexcept { return first_; }
    /// None behind the last one.
    static T* after(const T& element) noexcept { return (element.*Link).after; }

    void push_back(T& element) noexcept {
        element.*Link = {last_, nullptr};
        (last_ != nullptr ? (last_->*Link).after : first_) = &element;
        last_ = &element;
    }
    /// Of one that stands in this chain.
    void erase(T& element) noexcept {
        auto& [before, after] = element.*Link;
        (before != nullptr ? (before->*Link).after : first_) = after;
        (after != nullptr ? (after->*Link).before : last_) = before;
        element.*Link = {};
    }

private:
    T* first_ = nullptr;
    T* last_ = nullptr;
};

}  // namespace admit::core
