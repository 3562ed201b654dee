// The bytes of batches and of snapshots' parts.
#include "server/journal/codec.hpp"
#include "server/journal/bytes.hpp"
#include "tests/journal/record_text.hpp"
#include "tests/journal/story.hpp"
#include "tests/support/snapshots.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace admit::journal {
namespace {

std::string bytes_of(const std::vector<frame>& batch) {
    std::string out;
    encode(batch, out);
    return out;
}

readable read(std::string_view body, std::vector<frame>& out) {
    return decode(body, [&out](const frame& f) { out.push_back(f); });
}

core::admission_ref somebody() {
    return std::make_shared<const core::admission>(core::admission{.pool = "p",
                                                                   .slots = 3,
                                                                   .worker = "w",
                                                                   .request_id = "r",
                                                                   .by_client = true,
                                                                   .ttl_ms = 4,
                                                                   .ttl_given = true,
                                                                   .start = true,
                                                                   .labels = {{"k", "v"}}});
}

std::vector<core::image> one_image_of_each() {
    const core::instant at(core::duration(-5));
    const pool_settings settings{.limit = 3,
                                 .mode = pool_mode::draining,
                                 .note = "n",
                                 .default_ttl_ms = 30,
                                 .max_ttl_ms = 31,
                                 .max_waiters = 32,
                                 .max_wait_ms = 33,
                                 .claim_ms = 34,
                                 .start_within_ms = 35,
                                 .labels = {{"a", "b"}}};
    return {
        core::counters_image{1, 2, 3, 4, at},
        core::pool_image{.pool = "p",
                         .uid = 5,
                         .settings = settings,
                         .source = pool_source::flag,
                         .version = 6,
                         .held_at_change = 7,
                         .stats = {.granted = 8,
                                   .rejected = 9,
                                   .released = 10,
                                   .expired = 11,
                                   .evicted = 12,
                                   .avg_held_ms = 0,
                                   .oldest_wait_ms = 0},
                         .avg_held_us = 13},
        core::lease_image{.token = std::numeric_limits<std::uint64_t>::max(),
                          .who = somebody(),
                          .state = lease_state::busy,
                          .ttl_ms = 14,
                          .keep_ms = 15,
                          .granted_at = at,
                          .since = core::instant::max(),
                          .must_start = true},
        core::waiter_image{16, somebody(), 17, at},
        core::ended_image{18, somebody(), ending::abandoned, 19, at, core::duration(20)},
        core::cancelled_image{"id", core::instant::min()},
    };
}

TEST(JournalBytes, NumbersOfEverySize) {
    std::string out;
    byte_writer w(out);
    std::vector<std::uint64_t> all{0, 1, 127, 128, std::numeric_limits<std::uint64_t>::max()};
    for (int bit = 7; bit < 64; ++bit)
        all.push_back((std::uint64_t{1} << bit) - 1), all.push_back(std::uint64_t{1} << bit);
    for (const std::uint64_t n : all) {
        w.number(n);
        w.signed_number(static_cast<std::int64_t>(n));
        w.fixed(n);
    }
    byte_reader r(out);
    for (const std::uint64_t n : all) {
        EXPECT_EQ(r.number(), n);
        EXPECT_EQ(r.signed_number(), static_cast<std::int64_t>(n));
        EXPECT_EQ(r.fixed(), n);
    }
    EXPECT_TRUE(r.at_end());
    EXPECT_FALSE(r.failed());
}

TEST(JournalBytes, OneWayToWriteANumber) {
    using namespace std::string_view_literals;
    for (const auto bytes : {"\x80\x00"sv, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv,
                             "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv, "\x80"sv, ""sv}) {
        byte_reader r(bytes);
        EXPECT_EQ(r.number(), 0U);
        EXPECT_TRUE(r.failed());
    }
}

TEST(JournalCodec, EveryFieldOfEveryRecord) {
    std::vector<core::record> records = test::one_of_each();
    std::set<std::size_t> kinds;
    for (const core::record& r : records)
        kinds.insert(r.index());
    // Each kind that `is_durable` knows: those that it never keeps are the other six.
    EXPECT_EQ(kinds.size() + 6, std::variant_size_v<core::record>);
    const std::vector<frame> batch{
        {core::instant(core::duration(std::numeric_limits<std::int64_t>::max())), records, 1},
        {core::instant(core::duration(-1)), {}, std::numeric_limits<std::uint64_t>::max()},
        {core::instant::min(), {records.front()}, 3}};
    std::vector<frame> again;
    ASSERT_EQ(read(bytes_of(batch), again), readable::yes);
    EXPECT_EQ(test::text(again), test::text(batch));
    ASSERT_EQ(again.size(), batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i)
        EXPECT_EQ(again[i].digest, batch[i].digest);
}

TEST(JournalCodec, EveryFieldOfEveryImage) {
    const auto images = one_image_of_each();
    ASSERT_EQ(images.size(), std::variant_size_v<core::image>);
    std::string part;
    for (const core::image& i : images)
        encode(i, part);
    std::size_t next = 0;
    ASSERT_EQ(decode(part,
                     [&](const core::image& i) {
                         ASSERT_LT(next, images.size());
                         EXPECT_EQ(admit::test::render(i), admit::test::render(images[next++]));
                     }),
              readable::yes);
    EXPECT_EQ(next, images.size());
}

TEST(JournalCodec, WhatIsNewerIsRefused) {
    std::vector<frame> none;
    std::string body = bytes_of({{core::instant{}, {core::claimed{1}}, 0}});
    ++body.front();
    EXPECT_EQ(read(body, none), readable::newer);
    // A frame with one record of a kind that there is not yet.
    std::string unknown;
    byte_writer w(unknown);
    w.byte(body_version), w.number(1), w.signed_number(0), w.fixed(0), w.number(1);
    w.text(std::string("\x63\x01", 2));
    EXPECT_EQ(read(unknown, none), readable::newer);
    EXPECT_TRUE(none.empty());

    std::string part;
    encode(one_image_of_each().front(), part);
    ++part.front();
    const auto ignore = [](const core::image&) {};
    EXPECT_EQ(decode(part, ignore), readable::newer);
    std::string unknown_part;
    byte_writer p(unknown_part);
    p.byte(body_version), p.text("\x63");
    EXPECT_EQ(decode(unknown_part, ignore), readable::newer);
}

TEST(JournalCodec, FieldsThatAnOlderVersionDidNotKnowKeepTheirInitialValues) {
    std::string body;
    byte_writer w(body);
    w.byte(body_version), w.number(1), w.signed_number(7), w.fixed(8), w.number(2);
    w.text(std::string("\x04\x05", 2));  // claimed, with its token alone
    w.text(std::string("\x0c", 1));      // raised, with nothing
    std::vector<frame> found;
    ASSERT_EQ(read(body, found), readable::yes);
    ASSERT_EQ(found.front().records.size(), 2U);
    const auto& claimed = std::get<core::claimed>(found.front().records[0]);
    EXPECT_EQ(claimed.token, 5U);
    EXPECT_EQ(claimed.keep_ms, 0);
    EXPECT_EQ(claimed.who, nullptr);
    EXPECT_EQ(std::get<core::raised>(found.front().records[1]).next_token, 0U);
}

TEST(JournalCodec, WhatReplayNeedsIsThere) {
    std::string body;
    byte_writer w(body);
    w.byte(body_version), w.number(1), w.signed_number(7), w.fixed(8), w.number(1);
    w.text(std::string("\x03\x05\x00\x00", 4));  // granted, to nobody
    std::vector<frame> found;
    EXPECT_EQ(read(body, found), readable::damaged);
}

TEST(JournalCodec, EveryBeginningIsRefused) {
    const std::string body = bytes_of(test::story(1).batch(20));
    for (std::size_t n = 0; n < body.size(); ++n) {
        std::vector<frame> found;
        EXPECT_NE(read(body.substr(0, n), found), readable::yes) << n;
    }
    std::vector<frame> found;
    EXPECT_EQ(read(body + '\0', found), readable::damaged);
}

/// Whatever it is, it is read to an end, and what is read can be written again.
TEST(JournalCodec, AnyBytesAreReadOrRefused) {
    admit::test::dice random(5);
    const std::string good = bytes_of(test::story(2).batch(40));
    std::string part;
    for (const core::image& i : one_image_of_each())
        encode(i, part);
    std::size_t readable_ones = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string bad = round % 2 == 0 ? good : part;
        for (std::uint64_t n = random.below(4) + 1; n > 0; --n) {
            const std::size_t at = random.below(bad.size());
            switch (random.below(4)) {
                case 0:
                    bad[at] = static_cast<char>(random.below(256));
                    break;
                case 1:
                    bad[at] = static_cast<char>(bad[at] ^ (1 << random.below(8)));
                    break;
                case 2:
                    bad.erase(at, random.below(9));
                    break;
                default: {
                    const auto what = static_cast<char>(random.below(256));
                    bad.insert(at, random.below(5), what);
                }
            }
            if (bad.empty()) bad = "\x01";
        }
        if (round % 2 == 0) {
            std::vector<frame> found;
            if (read(bad, found) != readable::yes) continue;
            ++readable_ones;
            std::vector<frame> again;
            ASSERT_EQ(read(bytes_of(found), again), readable::yes);
            EXPECT_EQ(test::text(again), test::text(found));
        } else {
            decode(bad, [](const core::image& i) { EXPECT_FALSE(admit::test::render(i).empty()); });
        }
    }
    EXPECT_GT(readable_ones, 0U);  // it is the chain that finds those
}

}  // namespace
}  // namespace admit::journal
