#include "server/journal/sqlite/chain.hpp"

#include "server/core/check.hpp"

#include <sodium.h>

namespace admit::journal {
namespace {

class hasher {
public:
    hasher() { crypto_generichash_init(&state_, nullptr, 0, sizeof(digest128)); }
    hasher& add(std::string_view bytes) {
        crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()),
                                  bytes.size());
        return *this;
    }
    hasher& add(std::uint64_t n) {
        std::array<char, 8> bytes;
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = static_cast<char>(n >> (8 * i));
        return add(std::string_view(bytes.data(), bytes.size()));
    }
    digest128 end() {
        digest128 out;
        crypto_generichash_final(&state_, out.data(), out.size());
        return out;
    }

private:
    crypto_generichash_state state_;
};

}  // namespace

digest128 hash_of(std::string_view bytes) { return hasher().add(bytes).end(); }

digest128 link(const digest128& before, std::uint64_t number, std::int64_t stamp,
               std::string_view body) {
    return hasher()
        .add(as_bytes(before))
        .add(number)
        .add(static_cast<std::uint64_t>(stamp))
        .add(body)
        .end();
}

digest128 fresh_id() {
    ADMIT_CHECK(sodium_init() >= 0, "no random numbers");
    digest128 id;
    randombytes_buf(id.data(), id.size());
    return id;
}

std::string_view as_bytes(const digest128& d) noexcept {
    return {reinterpret_cast<const char*>(d.data()), d.size()};
}

}  // namespace admit::journal
