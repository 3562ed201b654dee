// A connection's read buffer: one block that grows to a bound and can be given back when empty.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace admit::http {

/// Bytes that came in and were not consumed yet, in one piece. What was consumed stays readable
/// until the next `prepare` or `release`.
class input_buffer {
public:
    std::string_view bytes() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
    bool empty() const noexcept { return begin_ == end_; }

    /// Where the next bytes may go; empty when the buffer is full. Moves what is there. Until they
    /// are committed, everything but this and `release` may be called.
    std::span<char> prepare();
    /// `size` bytes were put at the beginning of what `prepare` returned.
    void commit(std::size_t size) noexcept { end_ += size; }

    /// Forgets the first `size` bytes.
    void consume(std::size_t size) noexcept;
    /// Forgets `size` bytes from `at` on and closes the gap.
    void cut(std::size_t at, std::size_t size) noexcept;
    /// Gives the memory back. Only when empty.
    void release() noexcept;
    bool holds_memory() const noexcept { return data_ != nullptr; }

private:
    void grow(std::size_t capacity);

    std::unique_ptr<char[]> data_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace admit::http
