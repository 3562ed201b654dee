#include "server/journal/sqlite/verify.hpp"

#include "server/journal/codec.hpp"
#include "server/journal/sqlite/files.hpp"
#include "server/journal/trouble.hpp"
#include "server/journal/wall_clock.hpp"

#include <algorithm>
#include <variant>

namespace admit::journal {
namespace {

[[noreturn]] void damaged(const std::string& file, const std::string& what) {
    throw refusal({trouble_kind::damaged, file + ": " + what});
}

void must(readable is, const std::string& file, const std::string& what) {
    if (is == readable::newer)
        throw refusal({trouble_kind::newer,
                       file + ": " + what + " was written by a later version of admitd"});
    if (is == readable::damaged) damaged(file, what + " cannot be read");
}

std::string batch(std::uint64_t seq) { return "batch " + std::to_string(seq); }

}  // namespace

void lore::learn(std::int64_t ttl_ms, admit::token newest) {
    longest_ttl_ms = std::max(longest_ttl_ms, ttl_ms);
    newest_token = std::max(newest_token, newest);
}

bool lore::learn(const core::record& r) {
    const std::int64_t longest = longest_ttl_ms;
    if (const auto* g = std::get_if<core::granted>(&r)) learn(g->who->ttl_ms, g->token);
    if (std::holds_alternative<core::ended>(r)) ++ended;
    if (const auto* c = std::get_if<core::confirmed>(&r)) learn(c->ttl_ms, c->token);
    if (const auto* n = std::get_if<core::raised>(&r)) {
        learn(0, n->next_token == 0 ? 0 : n->next_token - 1);
        return true;
    }
    return longest_ttl_ms > longest;
}

void row_chain::take(const row& r, const std::function<void(const frame&)>& visit) {
    const std::uint64_t next = at_.seq + 1;
    if (r.at.seq != next)
        damaged(file_,
                batch(next) + " is missing; after " + batch(at_.seq) + " comes " + batch(r.at.seq));
    if (link(at_.hash, next, r.at.wall_ms, r.body) != r.at.hash)
        damaged(file_, batch(next) + " is not what was written" +
                           (at_.wall_ms != 0 ? "; the one before is of " + wall_text(at_.wall_ms)
                                             : std::string()));
    must(decode(r.body, visit), file_, batch(next));
    at_ = r.at;
}

void part_chain::take(const part& p, const std::function<void(const core::image&)>& visit) {
    const std::string what = "part " + std::to_string(next_) + " of the snapshot";
    if (p.index != next_) damaged(file_, what + " is missing");
    if (link(hash_, next_, 0, p.body) != p.hash) damaged(file_, what + " is not what was written");
    must(decode(p.body, visit), file_, what);
    hash_ = p.hash;
    ++next_;
}

void part_chain::check_end(const head& of) const {
    if (next_ != of.parts || (of.parts > 0 && hash_ != of.parts_hash))
        damaged(file_, "of the snapshot there are " + std::to_string(next_) + " parts of " +
                           std::to_string(of.parts));
}

}  // namespace admit::journal
