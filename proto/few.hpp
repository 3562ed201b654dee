// A vector that needs no memory for a single element, which is what most requests are about.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

namespace admit {

/// As a vector, as far as it goes. `T` is default-constructible. Elements move when a second one
/// comes.
template <class T>
class few {
public:
    few() = default;
    few(std::initializer_list<T> all) {
        for (const T& each : all)
            push_back(each);
    }

    few(std::vector<T> all) {
        if (all.size() > 1) {
            more_ = std::move(all);
        } else if (!all.empty()) {
            push_back(std::move(all.front()));
        }
    }

    std::size_t size() const noexcept { return more_.empty() ? one_ : more_.size(); }
    bool empty() const noexcept { return size() == 0; }
    T* begin() noexcept { return more_.empty() ? &first_ : more_.data(); }
    T* end() noexcept { return begin() + size(); }
    const T* begin() const noexcept { return const_cast<few*>(this)->begin(); }
    const T* end() const noexcept { return const_cast<few*>(this)->end(); }
    T& operator[](std::size_t i) noexcept { return begin()[i]; }
    const T& operator[](std::size_t i) const noexcept { return begin()[i]; }
    T& at(std::size_t i) { return more_.empty() && i < one_ ? first_ : more_.at(i); }
    const T& at(std::size_t i) const { return const_cast<few*>(this)->at(i); }
    T& front() noexcept { return *begin(); }
    const T& front() const noexcept { return *begin(); }
    T& back() noexcept { return end()[-1]; }
    const T& back() const noexcept { return end()[-1]; }

    void reserve(std::size_t size) {
        if (size > 1) more_.reserve(size);
    }
    void clear() noexcept {
        more_.clear();
        one_ = 0;
    }
    void push_back(T element) { emplace_back() = std::move(element); }
    T& emplace_back() {
        if (more_.empty() && one_ == 0) {
            one_ = 1;
            return first_ = T();
        }
        if (more_.empty()) {
            more_.push_back(std::move(first_));
            one_ = 0;
        }
        return more_.emplace_back();
    }

    friend bool operator==(const few& a, const few& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }
    template <class Like>
    friend bool operator==(const few& a, const std::vector<Like>& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    T first_{};
    std::size_t one_ = 0;  ///< 1 where `first_` is all there is
    std::vector<T> more_;  ///< all of them, where there are several
};

}  // namespace admit
