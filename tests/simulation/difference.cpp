#include "tests/simulation/difference.hpp"

#include "tests/simulation/model.hpp"
#include "tests/support/render.hpp"

#include <utility>

namespace admit::test {
namespace {

constexpr std::int64_t longest_ms = std::int64_t{1} << 31;

/// Takes over into `expected` what the contract leaves free, after a look at its range. Says what
/// is out of range.
struct loosen {
    std::string wrong;

    void text(std::string& expected, const std::string& actual) {
        if (actual.empty()) wrong = "a text is missing";
        expected = actual;
    }
    void range(std::int64_t& expected, std::int64_t actual, std::int64_t from, std::int64_t to) {
        if (actual < from || actual > to) wrong = "out of range: " + std::to_string(actual);
        expected = actual;
    }

    void operator()(problem& expected, const problem& actual) {
        text(expected.detail, actual.detail);
        const int http = status(expected.code);
        if (http != 429) expected.pools = actual.pools;
        if (http != 400) expected.field = actual.field;
        if (http == 503 || expected.retry_after_ms == any_hint) {
            range(expected.retry_after_ms, actual.retry_after_ms, 1, 60'000);
        }
        if (http == 429 && expected.pools.size() == 1 && actual.pools.size() == 1) {
            expected.pools[0].slots = actual.pools[0].slots;
            expected.pools[0].floor = actual.pools[0].floor;
        }
    }
    void operator()(queued& expected, const queued& actual) {
        text(expected.reason, actual.reason);
        range(expected.estimate_ms, actual.estimate_ms, 0, longest_ms);
    }
    void operator()(waiter_row& expected, const waiter_row& actual) {
        text(expected.reason, actual.reason);
        range(expected.estimate_ms, actual.estimate_ms, 0, longest_ms);
    }
    void operator()(pool_view& expected, const pool_view& actual) {
        range(expected.stats.avg_held_ms, actual.stats.avg_held_ms, 0, longest_ms);
    }
    void operator()(pool_answer& expected, const pool_answer& actual) {
        (*this)(expected.pool, actual.pool);
    }
    void operator()(pools_page& expected, const pools_page& actual) {
        rows(expected.pools, actual.pools);
    }
    void operator()(waiters_page& expected, const waiters_page& actual) {
        rows(expected.waiters, actual.waiters);
    }
    void operator()(worker_view& expected, const worker_view& actual) {
        rows(expected.waits, actual.waits);
    }
    template <class Other>
    void operator()(Other&, const Other&) {}

    template <class Row>
    void rows(std::vector<Row>& expected, const std::vector<Row>& actual) {
        for (std::size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
            (*this)(expected[i], actual[i]);
        }
    }
};

}  // namespace

std::string difference(const answer& expected, const answer& actual) {
    answer wanted = expected;
    loosen free;
    if (wanted.index() == actual.index()) {
        std::visit([&](auto& w) { free(w, std::get<std::decay_t<decltype(w)>>(actual)); }, wanted);
    }
    const std::string wanted_text = render(wanted);
    const std::string actual_text = render(actual);
    if (free.wrong.empty() && wanted_text == actual_text) return {};
    return "model: " + wanted_text + "\ncore:  " + actual_text +
           (free.wrong.empty() ? "" : "\n" + free.wrong);
}

}  // namespace admit::test
