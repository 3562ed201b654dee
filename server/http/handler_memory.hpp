// Memory for the one operation of its kind that a session has under way.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace admit::http {

/// Room for one operation of Asio's, again and again. Asio itself keeps the memory of the last one
/// or two that ended on a thread; where many end before any begins, as with sessions that read on
/// together, it would ask the heap for each of the others. One thread at a time; outlives the
/// operation.
class handler_memory {
public:
    handler_memory() = default;
    handler_memory(const handler_memory&) = delete;
    handler_memory& operator=(const handler_memory&) = delete;

    /// From the heap where it is taken, or too small.
    void* allocate(std::size_t size) {
        if (size > sizeof room_ || std::exchange(taken_, true)) return ::operator new(size);
        return room_;
    }
    void free(void* what) noexcept {
        if (what != room_) return ::operator delete(what);
        taken_ = false;
    }

private:
    bool taken_ = false;
    /// A read takes 128 bytes with Boost 1.74 on 64 bits, and a few more with newer ones.
    alignas(std::max_align_t) std::byte room_[160];
};

/// The allocator over it that Asio asks for.
template <class T>
class handler_allocator {
public:
    using value_type = T;

    explicit handler_allocator(handler_memory& memory) noexcept : memory_(&memory) {}
    template <class U>
    handler_allocator(const handler_allocator<U>& other) noexcept : memory_(other.memory_) {}

    T* allocate(std::size_t n) { return static_cast<T*>(memory_->allocate(n * sizeof(T))); }
    void deallocate(T* what, std::size_t) noexcept { memory_->free(what); }

    template <class U>
    bool operator==(const handler_allocator<U>& other) const noexcept {
        return memory_ == other.memory_;
    }

private:
    template <class>
    friend class handler_allocator;
    handler_memory* memory_;
};

/// A handler whose operation lies there.
template <class Handler>
class kept_handler {
public:
    using allocator_type = handler_allocator<void>;

    kept_handler(handler_memory& memory, Handler handler)
        : memory_(memory), handler_(std::move(handler)) {}
    allocator_type get_allocator() const noexcept { return memory_; }

    template <class... Arguments>
    void operator()(Arguments&&... arguments) {
        handler_(std::forward<Arguments>(arguments)...);
    }

private:
    allocator_type memory_;
    Handler handler_;
};

}  // namespace admit::http
