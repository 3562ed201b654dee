#include "server/config/look.hpp"

#include "server/config/commands.hpp"
#include "server/config/process.hpp"
#include "server/config/state_place.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace admit::config {
namespace {

constexpr std::int64_t rows_at_once = 1'000;

}  // namespace

look::look(journal::inspection& in)
    : in_(in), state_(std::make_unique<core::core>(core_settings())) {
    if (std::string why = in_.wrong(); !why.empty()) wrong_.push_back(std::move(why));
    read();
    state_->recovered(newest_, effects_);
}

void look::read() {
    bool differs = false;
    const std::string why =
        in_.replay({.restore =
                        [&](const core::image& i) {
                            if (const auto* counters = std::get_if<core::counters_image>(&i))
                                newest_ = std::max(newest_, counters->at);
                            state_->restore(i);
                        },
                    .visit =
                        [&](const journal::frame& f) {
                            newest_ = std::max(newest_, f.at);
                            for (const core::record& r : f.records)
                                state_->replay(r, f.at);
                            differs |= state_->digest() != f.digest;
                        },
                    .progress = {}});
    // The same may have been noticed before.
    if (!why.empty() && std::find(wrong_.begin(), wrong_.end(), why) == wrong_.end())
        wrong_.push_back(why);
    if (differs)
        wrong_.push_back(facts().file +
                         ": it leads to another state than the one that the server was in");
}

template <class Answer>
Answer look::ask(const core::command& what) {
    state_->step(what, ++calls_, newest_, effects_);
    for (core::reply& r : effects_.replies) {
        if (auto* const found = std::get_if<Answer>(&r.answer)) return std::move(*found);
    }
    return {};
}

void look::pools(const std::function<void(const pool_view&)>& each) {
    core::list_pools next{.limit = rows_at_once, .after = {}};
    do {
        const auto page = ask<pools_page>(next);
        for (const pool_view& p : page.pools)
            each(p);
        next.after = page.next;
    } while (!next.after.empty());
}

template <class Page, class List>
void look::list(const std::function<void(const Page&)>& each) {
    pools([&](const pool_view& p) {
        List next;
        next.pool = p.pool;
        next.limit = rows_at_once;
        do {
            const auto page = ask<Page>(next);
            each(page);
            next.after = page.next;
        } while (next.after != 0);
    });
}

void look::leases(const std::function<void(const leases_page&)>& each) {
    list<leases_page, core::list_leases>(each);
}
void look::waiters(const std::function<void(const waiters_page&)>& each) {
    list<waiters_page, core::list_waiters>(each);
}

early_end inspect(const options& o, std::ostream& out) {
    auto opened = journal::inspect(o.file);
    if (const auto* const why = std::get_if<journal::trouble>(&opened))
        return {status_of(why->kind), why->what};
    look found(*std::get<0>(opened));
    o.json ? write_json(found, out) : write_text(found, out);
    out.flush();
    if (!out) return {status::cannot_create, "cannot write all of it"};
    if (found.wrong().empty()) return {};
    return {status::bad_config, found.wrong().front()};
}

}  // namespace admit::config
