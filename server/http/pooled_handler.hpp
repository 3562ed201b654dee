// A handler whose operation takes its memory from a pool.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <utility>

namespace admit::http {

/// For operations of which many end before any begins, as when sessions read on together: Asio
/// itself keeps the memory of only the one or two that ended last on a thread, and would ask the
/// heap for each of the others. The memory outlives the operation's `io_context`, and belongs to
/// the thread that initiates and completes it.
template <class Handler>
class pooled_handler {
public:
    using allocator_type = std::pmr::polymorphic_allocator<std::byte>;

    pooled_handler(std::pmr::memory_resource& memory, Handler handler)
        : memory_(&memory), handler_(std::move(handler)) {}
    allocator_type get_allocator() const noexcept { return memory_; }

    template <class... Arguments>
    void operator()(Arguments&&... arguments) {
        handler_(std::forward<Arguments>(arguments)...);
    }

private:
    std::pmr::memory_resource* memory_;
    Handler handler_;
};

}  // namespace admit::http
