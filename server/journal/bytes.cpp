#include "server/journal/bytes.hpp"

#include <array>

namespace admit::journal {
namespace {

constexpr std::size_t longest = 10;  // 64 bits, seven a byte

struct varint {
    std::array<char, longest> bytes;
    std::size_t size = 0;

    explicit varint(std::uint64_t n) {
        for (; n >= 0x80; n >>= 7)
            bytes[size++] = static_cast<char>(n | 0x80);
        bytes[size++] = static_cast<char>(n);
    }
};

}  // namespace

void byte_writer::number(std::uint64_t n) {
    if (n < 0x80) return byte(static_cast<std::uint8_t>(n));
    const varint v(n);
    out_.append(v.bytes.data(), v.size);
}

void byte_writer::signed_number(std::int64_t n) {
    number((static_cast<std::uint64_t>(n) << 1) ^ (n < 0 ? ~std::uint64_t{0} : 0));
}

void byte_writer::fixed(std::uint64_t n) {
    for (int i = 0; i < 8; ++i)
        byte(static_cast<std::uint8_t>(n >> (8 * i)));
}

void byte_writer::text(std::string_view t) {
    number(t.size());
    out_.append(t);
}

void byte_writer::end_block(std::size_t begun) {
    const varint v(out_.size() - begun);
    out_.insert(begun, v.bytes.data(), v.size);
}

std::uint8_t byte_reader::byte() {
    if (left_.empty()) {
        fail();
        return 0;
    }
    const auto b = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return b;
}

std::uint64_t byte_reader::number() {
    std::uint64_t n = 0;
    for (std::size_t i = 0; i < longest; ++i) {
        const std::uint8_t b = byte();
        n |= static_cast<std::uint64_t>(b & 0x7f) << (7 * i);
        if (b < 0x80) {
            // One way to write each number: no needless last byte, nothing above 64 bits.
            if ((b == 0 && i > 0) || (i + 1 == longest && b > 1)) fail();
            return failed_ ? 0 : n;
        }
    }
    fail();
    return 0;
}

std::int64_t byte_reader::signed_number() {
    const std::uint64_t n = number();
    return static_cast<std::int64_t>((n >> 1) ^ ((n & 1) != 0 ? ~std::uint64_t{0} : 0));
}

std::uint64_t byte_reader::fixed() {
    std::uint64_t n = 0;
    for (int i = 0; i < 8; ++i)
        n |= static_cast<std::uint64_t>(byte()) << (8 * i);
    return n;
}

std::string_view byte_reader::text() {
    const std::uint64_t size = number();
    if (size > left_.size()) {
        fail();
        return {};
    }
    const std::string_view t = left_.substr(0, size);
    left_.remove_prefix(size);
    return t;
}

void byte_reader::fail() noexcept {
    failed_ = true;
    left_ = {};
}

}  // namespace admit::journal
