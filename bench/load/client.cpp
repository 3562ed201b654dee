#include "bench/load/client.hpp"

namespace admit::bench {
namespace {

/// All of the same width, so that all connections send as many bytes.
std::string worker_name(unsigned number) {
    std::string digits = std::to_string(number);
    return "worker-" + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

}  // namespace

client::client(const rules& r, unsigned number)
    : rules_(r), requests_(r.depth, r.host, r.pool, worker_name(number)), tokens_(r.depth) {}

std::optional<unsigned> client::received(std::string_view bytes) {
    unsigned count = 0;
    bool good;
    if (rest_.empty()) {
        good = take(bytes, count);
        rest_ = bytes;
    } else {
        rest_ += bytes;
        std::string_view all = rest_;
        good = take(all, count);
        rest_.erase(0, rest_.size() - all.size());
    }
    if (!good) return {};
    return count;
}

bool client::take(std::string_view& bytes, unsigned& count) {
    while (!bytes.empty()) {
        const std::optional<reply> next = read_reply(bytes);
        if (next && next->size == 0) return true;
        const char* wrong = next ? check(*next) : "not a reply that can be framed";
        if (wrong == nullptr && count == rules_.depth) wrong = "more replies than requests";
        if (wrong != nullptr) {
            fault_ = std::string(wrong) + ": " +
                     std::string(bytes.substr(0, next ? next->size : std::size_t{400}));
            return false;
        }
        bytes.remove_prefix(next->size);
        ++count;
        if (++answered_ == rules_.depth) {
            answered_ = 0;
            acquiring_ = !acquiring_;
        }
    }
    return true;
}

const char* client::check(const reply& r) {
    if (r.status != "200 OK") return "another status than 200 OK";
    return acquiring_ ? check_acquired(r) : check_released(r);
}

const char* client::check_acquired(const reply& r) {
    const std::optional<acquired> got = read_acquired(r.body);
    if (!got) return "not an acquired lease";
    if (!requests_.set_handle(answered_, got->handle)) return "a handle that is too long";
    if (rules_.constant) return nullptr;
    if (got->token != token_of(got->handle)) return "the token is not the handle's";
    if (got->token <= newest_) return "the token is not above the one before";
    newest_ = tokens_[answered_] = got->token;
    return check_pool(got->pool, answered_ + 1);
}

const char* client::check_released(const reply& r) {
    const std::optional<released> got = read_released(r.body);
    if (!got) return "not a released lease";
    if (rules_.constant) return nullptr;
    if (got->token != tokens_[answered_]) return "the token of another lease";
    return check_pool(got->pool, rules_.depth - answered_ - 1);
}

/// `own`: how many leases this client holds by then. All others may hold what they can.
const char* client::check_pool(const pool_figures& pool, unsigned own) const {
    const std::int64_t others = rules_.leases_max - rules_.depth;
    if (pool.active < own || pool.active > own + others) return "a count that cannot be";
    if (pool.active > pool.limit) return "more active than the limit";
    return nullptr;
}

}  // namespace admit::bench
