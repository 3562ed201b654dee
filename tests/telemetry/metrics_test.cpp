// The metrics' text after known events.
#include "server/telemetry/metrics.hpp"

#include "tests/telemetry/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

namespace admit::telemetry::test {
namespace {

using core::event_kind;
using testing::HasSubstr;
using testing::Not;

metrics::options options(std::size_t pools_max = 1000) {
    return {.version = "1.2.3",
            .commit = "abc",
            .routes = {{"POST", "/v1/acquire"}, {"GET", "/v1/pools/{pool}"}},
            .pools_max = pools_max};
}

void tell(metrics& m, const core::event& e) { m.happened({&e, 1}); }

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t n = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++n;
    return n;
}

TEST(Metrics, CountWhatHappensPerPool) {
    metrics m(options());
    core::event grant = acquired();
    grant.waited = std::chrono::milliseconds(250);
    tell(m, grant);
    core::event refused = event(event_kind::rejected);
    refused.code = errc::queue_full;
    refused.active = 1;
    tell(m, refused);
    tell(m, refused);
    core::event left = event(event_kind::left);
    left.why = core::leave_reason::timeout;
    left.active = 1;
    left.waiting = 3;
    left.unclaimed = 1;
    tell(m, left);
    const std::string text = m.text();
    for (const char* line : {
             "# TYPE admit_pool_limit gauge",
             "# TYPE admit_granted_total counter",
             "# TYPE admit_wait_seconds histogram",
             "admit_pool_limit{pool=\"db\"} 2\n",
             "admit_pool_active{pool=\"db\"} 1\n",
             "admit_pool_waiting{pool=\"db\"} 3\n",
             "admit_pool_unclaimed{pool=\"db\"} 1\n",
             "admit_granted_total{pool=\"db\"} 1\n",
             "admit_released_total{pool=\"db\"} 0\n",
             "admit_rejected_total{pool=\"db\",code=\"queue_full\"} 2\n",
             "admit_left_total{pool=\"db\",reason=\"timeout\"} 1\n",
             "admit_wait_seconds_count{pool=\"db\"} 1\n",
             "admit_wait_seconds_sum{pool=\"db\"} 0.25\n",
             "admit_wait_seconds_bucket{pool=\"db\",le=\"0.1\"} 0\n",
             "admit_wait_seconds_bucket{pool=\"db\",le=\"0.5\"} 1\n",
             "admit_wait_seconds_bucket{pool=\"db\",le=\"+Inf\"} 1\n",
             "admit_build_info{version=\"1.2.3\",commit=\"abc\"} 1\n",
         })
        EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, EveryEndOfALeaseHasItsCounter) {
    metrics m(options());
    tell(m, ended(event_kind::released, ending::failed));
    tell(m, ended(event_kind::expired, ending::not_started));
    tell(m, ended(event_kind::evicted, ending::evicted));
    tell(m, ended(event_kind::taken_back, ending::unclaimed));
    const std::string text = m.text();
    for (const char* name : {"released", "expired", "evicted", "taken_back"})
        EXPECT_THAT(text, HasSubstr("admit_" + std::string(name) + "_total{pool=\"db\"} 1\n"));
    // What nobody had in his hands was not held.
    EXPECT_THAT(text, HasSubstr("admit_held_seconds_count{pool=\"db\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("admit_held_seconds_sum{pool=\"db\"} 4.5\n"));
}

TEST(Metrics, NoLabelCarriesAWorkerOrASecret) {
    metrics m(options());
    tell(m, acquired("worker-name"));
    EXPECT_THAT(m.text(), Not(HasSubstr("worker-name")));
    EXPECT_THAT(m.text(), Not(HasSubstr("secret")));
}

TEST(Metrics, PoolsBeyondTheBoundShareOneSeries) {
    metrics m(options());
    for (int i = 0; i < 1010; ++i) {
        core::event e = event(event_kind::pool_changed, "p" + std::to_string(i));
        tell(m, e);
        e.kind = event_kind::acquired;
        e.active = 1;
        tell(m, e);
    }
    std::string text = m.text();
    EXPECT_EQ(count(text, "\nadmit_pool_limit{"), 1001);
    EXPECT_THAT(text, HasSubstr("admit_pool_limit{pool=\"_other\"} 20\n"));
    EXPECT_THAT(text, HasSubstr("admit_pool_active{pool=\"_other\"} 10\n"));
    EXPECT_THAT(text, HasSubstr("admit_granted_total{pool=\"_other\"} 10\n"));

    tell(m, event(event_kind::pool_deleted, "p1009"));
    tell(m, ended(event_kind::released, ending::ok, "p1008"));
    text = m.text();
    EXPECT_THAT(text, HasSubstr("admit_pool_limit{pool=\"_other\"} 18\n"));
    EXPECT_THAT(text, HasSubstr("admit_pool_active{pool=\"_other\"} 8\n"));
    EXPECT_THAT(text, HasSubstr("admit_released_total{pool=\"_other\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("admit_granted_total{pool=\"_other\"} 10\n"));
}

TEST(Metrics, ADeletedPoolGoesAndMakesRoom) {
    metrics m(options(2));
    for (const char* pool : {"a", "b", "c"})
        tell(m, event(event_kind::pool_changed, pool));
    EXPECT_THAT(m.text(), Not(HasSubstr("pool=\"c\"")));
    tell(m, event(event_kind::pool_deleted, "a"));
    tell(m, event(event_kind::pool_deleted, "never-seen"));
    EXPECT_THAT(m.text(), Not(HasSubstr("pool=\"a\"")));
    tell(m, event(event_kind::pool_changed, "d"));
    EXPECT_THAT(m.text(), HasSubstr("pool=\"d\""));
    // A pool that comes again begins at zero.
    tell(m, event(event_kind::pool_deleted, "d"));
    tell(m, event(event_kind::pool_changed, "a"));
    EXPECT_THAT(m.text(), HasSubstr("admit_granted_total{pool=\"a\"} 0\n"));
}

TEST(Metrics, APoolIsShownBeforeAnythingHappensInIt) {
    metrics m(options());
    pool_view view;
    view.pool = "default";
    view.settings.limit = 4;
    view.active = 1;
    m.seen(view);
    EXPECT_THAT(m.text(), HasSubstr("admit_pool_limit{pool=\"default\"} 4\n"));
    EXPECT_THAT(m.text(), HasSubstr("admit_pool_active{pool=\"default\"} 1\n"));
    EXPECT_THAT(m.text(), HasSubstr("admit_granted_total{pool=\"default\"} 0\n"));
}

TEST(Metrics, CountRequestsByRouteAndStatus) {
    metrics m(options());
    m.answered(0, 200, std::chrono::milliseconds(2));
    m.answered(0, 429, std::chrono::milliseconds(2));
    m.answered(0, 429, std::chrono::milliseconds(2));
    m.answered(7, 404, std::chrono::microseconds(20));
    m.answered(1, 99'999, std::chrono::microseconds(20));
    const std::string text = m.text();
    const std::string acquire = "{method=\"POST\",route=\"/v1/acquire\"";
    EXPECT_THAT(text, HasSubstr("admit_http_requests_total" + acquire + ",status=\"200\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("admit_http_requests_total" + acquire + ",status=\"429\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("route=\"unmatched\",status=\"404\"} 1\n"));
    EXPECT_THAT(text,
                HasSubstr("admit_http_request_duration_seconds_count" + acquire + "} 3\n"));
}

TEST(Metrics, ShowWhatOthersCount) {
    metrics m(options());
    m.ask([] {
        return figures{.ready = true,
                       .connections = 5,
                       .leases = 6,
                       .waiters = 7,
                       .remembered_leases = 8,
                       .remembered_ids = 9,
                       .lease_clock_lost_seconds = 1.5,
                       .expiry_lag_seconds = 0.25,
                       .log_lines_dropped = 10};
    });
    m.loop_late(std::chrono::milliseconds(3));
    const std::string text = m.text();
    for (const char* line : {
             "\nadmit_ready 1\n", "\nadmit_connections 5\n", "\nadmit_leases 6\n",
             "\nadmit_waiters 7\n", "\nadmit_remembered{kind=\"ended_leases\"} 8\n",
             "\nadmit_remembered{kind=\"cancelled_ids\"} 9\n",
             "\nadmit_lease_clock_lost_seconds_total 1.5\n", "\nadmit_expiry_lag_seconds 0.25\n",
             "\nadmit_log_lines_dropped_total 10\n", "\nadmit_loop_lag_seconds_count 1\n",
         })
        EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, EveryFamilyIsExplainedOnce) {
    metrics m(options());
    tell(m, acquired());
    const std::string text = m.text();
    EXPECT_EQ(count(text, "# HELP "), count(text, "# TYPE "));
    EXPECT_EQ(count(text, "# TYPE admit_granted_total "), 1);
    EXPECT_EQ(text.back(), '\n');
}

TEST(Metrics, AreReadWhileThingsHappen) {
    metrics m(options(10));
    std::thread writer([&m] {
        for (int i = 0; i < 20'000; ++i) {
            const std::string pool = "p" + std::to_string(i % 20);
            tell(m, event(event_kind::pool_changed, pool));
            tell(m, event(i % 3 == 0 ? event_kind::pool_deleted : event_kind::rejected, pool));
            m.answered(0, 200, std::chrono::microseconds(i));
        }
    });
    for (int i = 0; i < 20; ++i)
        EXPECT_LE(count(m.text(), "\nadmit_pool_limit{"), 11);
    writer.join();
}

}  // namespace
}  // namespace admit::telemetry::test
