// Words of text against the obvious loop: every byte at every place of every short text.
#include "proto/swar.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace admit {
namespace {

bool is_printable(char c) { return c >= 0x20 && c < 0x7F; }
bool is_json(char c) { return is_printable(c) && c != '"' && c != '\\'; }

template <class Is>
std::size_t obvious_prefix(std::string_view text, Is is) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is) - text.begin());
}

TEST(Swar, FindsTheFirstByteThatIsNotOfItsKind) {
    for (std::size_t size = 0; size <= 25; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
            for (int byte = 0; byte < 256; ++byte) {
                std::string text(size, 'a');
                text[at] = static_cast<char>(byte);
                // What stands behind it must not matter: a borrow may run into it.
                if (at + 1 < size) text[at + 1] = byte % 2 == 0 ? '!' : '\x1F';
                ASSERT_EQ(swar::printable_prefix(text), obvious_prefix(text, is_printable))
                    << size << ' ' << at << ' ' << byte;
                ASSERT_EQ(swar::json_prefix(text), obvious_prefix(text, is_json))
                    << size << ' ' << at << ' ' << byte;
            }
        }
    }
}

TEST(Swar, LooksAtNothingBehindTheEnd) {
    // In memory of its own, so that a sanitizer sees a byte too many.
    for (std::size_t size = 0; size < 24; ++size) {
        const std::vector<char> text(size, '~');
        const std::string_view own(text.data(), size);
        EXPECT_EQ(swar::printable_prefix(own), size);
        EXPECT_EQ(swar::json_prefix(own), size);
    }
}

TEST(Swar, LoadsTheFirstByteLowest) {
    const std::string_view text = "\x01\x02\x03\x04\x05\x06\x07\x08";
    EXPECT_EQ(swar::load(text.data()), 0x0807060504030201u);
    for (std::size_t bytes = 0; bytes < 8; ++bytes) {
        const swar::word kept = bytes == 0 ? 0 : ~swar::word{0} >> (64 - 8 * bytes);
        EXPECT_EQ(swar::load(text.data(), bytes), 0x0807060504030201u & kept) << bytes;
    }
}

}  // namespace
}  // namespace admit
