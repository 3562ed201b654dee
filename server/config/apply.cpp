#include "server/config/apply.hpp"

#include "proto/limits.hpp"
#include "server/config/pools.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstddef>
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

constexpr std::size_t under_way_max = 256;

/// Two rounds over the pools: look at all, then set all. Kept alive by the questions that are under
/// way.
class application final : public std::enable_shared_from_this<application> {
public:
    application(commands pools, engine::engine& engine, engine::loop& home,
                std::function<void(const applied&)> done)
        : pools_(std::move(pools)), engine_(engine), home_(home), done_(std::move(done)) {}

    void look(std::size_t i) {
        if (i == pools_.size()) return result_.faults.empty() ? set() : give_up();
        ask(core::show_pool{pools_[i].pool}, [self = shared_from_this(), i](admit::answer now) {
            if (self->check(i, judged(self->pools_[i], now))) self->note(i, now);
            self->look(i + 1);
        });
    }

private:
    void give_up() {
        result_.overridden.clear();
        done_(result_);
    }
    /// Many at a time: each waits for the journal, and those that wait together cost one sync.
    void set() {
        if (set_ == pools_.size() && under_way_ == 0) return done_(result_);
        while (set_ < pools_.size() && under_way_ < under_way_max) {
            ++under_way_;
            ask(pools_[set_], [self = shared_from_this(), i = set_](admit::answer now) {
                --self->under_way_;
                const auto* const wrong = std::get_if<problem>(&now);
                if (self->check(i, wrong != nullptr ? std::optional(*wrong) : std::nullopt))
                    ++self->result_.pools;
                self->set();
            });
            ++set_;
        }
    }

    /// Keeps in mind what is going to be overridden.
    void note(std::size_t i, const admit::answer& now) {
        const auto* const found = std::get_if<pool_answer>(&now);
        if (found == nullptr || found->pool.source == pool_source::builtin) return;
        for (std::string& line : overridden(pools_[i], found->pool))
            result_.overridden.push_back(std::move(line));
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
    std::size_t set_ = 0;  ///< those before it were asked for
    std::size_t under_way_ = 0;
};

/// All pages, one question at a time; kept alive by the question that is under way.
class listing final : public std::enable_shared_from_this<listing> {
public:
    listing(engine::engine& engine, engine::loop& home, std::function<void(const pool_view&)> each,
            std::function<void()> done)
        : engine_(engine), home_(home), each_(std::move(each)), done_(std::move(done)) {}

    void turn(core::list_pools page) {
        engine_.async_submit(page, home_, [self = shared_from_this()](admit::answer got) {
            const auto* const found = std::get_if<pools_page>(&got);
            if (found == nullptr) return self->done_();
            for (const pool_view& pool : found->pools)
                self->each_(pool);
            if (found->next.empty()) return self->done_();
            self->turn({.limit = limits::page_max, .after = found->next});
        });
    }

private:
    engine::engine& engine_;
    engine::loop& home_;
    const std::function<void(const pool_view&)> each_;
    const std::function<void()> done_;
};

}  // namespace

void apply(commands pools, engine::engine& engine, engine::loop& home,
           std::function<void(const applied&)> done) {
    boost::asio::post(home.context(),
                      [all = std::make_shared<application>(std::move(pools), engine, home,
                                                           std::move(done))] { all->look(0); });
}

void list_pools(engine::engine& engine, engine::loop& home,
                std::function<void(const pool_view&)> each, std::function<void()> done) {
    boost::asio::post(home.context(), [all = std::make_shared<listing>(
                                           engine, home, std::move(each), std::move(done))] {
        all->turn({.limit = limits::page_max, .after = {}});
    });
}

}  // namespace admit::config
