// The digest: each durable fact that counts has a mark, and the digest is their sum, so that a
// change of one fact is one subtraction and one addition.
#include "server/core/apply.hpp"

namespace admit::core {
namespace {

/// Folds numbers and texts into 64 bits, the same ones in every process: the digest is compared
/// over restarts, so it does not depend on a seed.
class folder {
public:
    explicit folder(std::uint64_t kind) : sum_(mix(kind)) {}

    folder& operator<<(std::uint64_t n) noexcept {
        sum_ = mix(sum_ ^ n);
        return *this;
    }
    folder& operator<<(std::int64_t n) noexcept {
        return *this << static_cast<std::uint64_t>(n);
    }
    folder& operator<<(bool b) noexcept { return *this << std::uint64_t{b}; }
    folder& operator<<(std::string_view text) noexcept {
        return *this << siphash13(0x61646d6974, 0x6d61726b73, text);
    }
    folder& operator<<(const admit::labels& all) noexcept {
        *this << std::uint64_t{all.size()};
        for (const auto& [key, value] : all)
            *this << std::string_view(key) << std::string_view(value);
        return *this;
    }
    folder& operator<<(const admission& who) noexcept {
        return *this << who.slots << std::string_view(who.worker)
                     << std::string_view(who.request_id) << who.by_client;
    }
    std::uint64_t sum() const noexcept { return sum_; }

private:
    std::uint64_t sum_;
};

template <class E>
std::uint64_t number(E e) noexcept {
    return static_cast<std::uint64_t>(e);
}

std::uint64_t mark_of(const pool& p) noexcept {
    const pool_settings& s = p.settings;
    folder f(1);
    f << std::string_view(p.name) << p.uid << number(p.source) << p.version << p.held_at_change;
    f << s.limit << number(s.mode) << std::string_view(s.note) << s.default_ttl_ms << s.max_ttl_ms
      << s.max_waiters << s.max_wait_ms << s.claim_ms << s.start_within_ms << s.labels;
    return f.sum();
}

std::uint64_t mark_of(const lease& l) noexcept {
    folder f(2);
    f << l.token << l.in->uid << *l.who << number(l.state) << l.ttl_ms << l.keep_ms
      << (l.start_by != instant::max());
    return f.sum();
}

std::uint64_t mark_of(const waiter& w) noexcept {
    folder f(3);
    f << w.ticket() << w.in->uid << *w.who << w.keep_ms;
    return f.sum();
}

template <class T>
void mark_anew(std::uint64_t& marks, T& changed) noexcept {
    marks -= changed.mark;
    changed.mark = mark_of(changed);
    marks += changed.mark;
}

}  // namespace

void applier::mark(pool& p) { mark_anew(s.marks, p); }
void applier::mark(lease& l) { mark_anew(s.marks, l); }
void applier::mark(waiter& w) { mark_anew(s.marks, w); }

std::uint64_t core::digest() const noexcept {
    return mix(state_->marks) ^ mix(~state_->next_token);
}

}  // namespace admit::core
