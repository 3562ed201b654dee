#include "server/http/input_buffer.hpp"

#include "server/http/limits.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace admit::http {

std::span<char> input_buffer::prepare() {
    if (!data_) {
        grow(limits::read_bytes_first);
    } else if (begin_ == end_) {
        begin_ = end_ = 0;
    } else if (begin_ > 0) {
        std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    // A buffer that was filled to the brim is too small for this client.
    if (end_ == capacity_ && capacity_ < limits::read_bytes_max)
        grow(std::min(capacity_ * 2, limits::read_bytes_max));
    return {data_.get() + end_, capacity_ - end_};
}

void input_buffer::consume(std::size_t size) noexcept {
    assert(size <= end_ - begin_);
    begin_ += size;
}

void input_buffer::cut(std::size_t at, std::size_t size) noexcept {
    assert(at + size <= end_ - begin_);
    // What comes before moves. What comes after stays: the next bytes may be on their way to its
    // end already.
    char* const front = data_.get() + begin_;
    std::memmove(front + size, front, at);
    begin_ += size;
}

void input_buffer::release() noexcept {
    assert(empty());
    data_.reset();
    capacity_ = begin_ = end_ = 0;
}

void input_buffer::grow(std::size_t capacity) {
    // Not value-initialised: it is about to be written by the kernel.
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (end_ != 0) std::memcpy(larger.get(), data_.get(), end_);
    data_ = std::move(larger);
    capacity_ = capacity;
}

}  // namespace admit::http
