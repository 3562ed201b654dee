#include "server/config/apply.hpp"

#include "proto/limits.hpp"
#include "server/config/pools.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace admit::config {
namespace {

using commands = std::vector<core::set_pool>;

/// Why the engine would not take `wanted`, by its answer to `show_pool`.
std::optional<problem> judged(const core::set_pool& wanted, const admit::answer& now) {
    if (const auto* const found = std::get_if<pool_answer>(&now))
        return refusal(wanted, found->pool);
    const auto* const wrong = std::get_if<problem>(&now);
    if (wrong != nullptr && wrong->code == errc::unknown_pool) return refusal(wanted, std::nullopt);
    return wrong != nullptr ? *wrong : problem{};
}

/// Two rounds over the pools, one question at a time: look at all, then set all. Kept alive by the
/// question that is under way.
class application final : public std::enable_shared_from_this<application> {
public:
    application(commands pools, engine::engine& engine, engine::loop& home,
                std::function<void(const applied&)> done)
        : pools_(std::move(pools)), engine_(engine), home_(home), done_(std::move(done)) {}

    void look(std::size_t i) {
        if (i == pools_.size()) return result_.faults.empty() ? set(0) : done_(result_);
        ask(core::show_pool{pools_[i].pool}, [self = shared_from_this(), i](admit::answer now) {
            self->check(i, judged(self->pools_[i], now));
            self->look(i + 1);
        });
    }

private:
    void set(std::size_t i) {
        if (i == pools_.size()) return done_(result_);
        ask(pools_[i], [self = shared_from_this(), i](admit::answer now) {
            const auto* const wrong = std::get_if<problem>(&now);
            if (self->check(i, wrong != nullptr ? std::optional(*wrong) : std::nullopt))
                ++self->result_.pools;
            self->set(i + 1);
        });
    }

    template <class Then>
    void ask(core::command what, Then then) {
        engine_.async_submit(std::move(what), home_, std::move(then));
    }

    /// Keeps in mind what is wrong; true where nothing is.
    bool check(std::size_t i, const std::optional<problem>& wrong) {
        if (wrong) result_.faults.push_back(describe(pools_[i].pool, *wrong));
        return !wrong;
    }

    const commands pools_;
    engine::engine& engine_;
    engine::loop& home_;
    const std::function<void(const applied&)> done_;
    applied result_;
};

}  // namespace

void apply(commands pools, engine::engine& engine, engine::loop& home,
           std::function<void(const applied&)> done) {
    boost::asio::post(home.context(),
                      [all = std::make_shared<application>(std::move(pools), engine, home,
                                                           std::move(done))] { all->look(0); });
}

std::vector<std::string> apply_now(commands pools, engine::engine& engine, engine::loop& home) {
    std::optional<applied> result;
    apply(std::move(pools), engine, home, [&result](const applied& all) { result = all; });
    while (!result && home.context().run_one() > 0) {}
    if (!result) return {"the engine did not answer"};
    return std::move(result->faults);
}

std::vector<pool_view> pools_now(engine::engine& engine, engine::loop& home) {
    std::vector<pool_view> all;
    core::list_pools page{.limit = limits::page_max, .after = {}};
    do {
        std::optional<admit::answer> answer;
        engine.async_submit(page, home, [&answer](admit::answer got) { answer = std::move(got); });
        while (!answer && home.context().run_one() > 0) {}
        auto* const found = answer ? std::get_if<pools_page>(&*answer) : nullptr;
        if (found == nullptr) break;
        page.after = found->next;
        std::move(found->pools.begin(), found->pools.end(), std::back_inserter(all));
    } while (!page.after.empty());
    return all;
}

}  // namespace admit::config
