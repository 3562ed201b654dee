// Who gets a grant back: the bookkeeping of what was written, whatever is ready in whatever order.
#include "server/http/reply_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace admit::http {

bool operator==(const grant& a, const grant& b) { return a.call == b.call && a.token == b.token; }
void PrintTo(const grant& what, std::ostream* out) { *out << what.call << '/' << what.token; }

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void answer(reply_queue& in, std::uint64_t serial, std::string_view text, grant given = {}) {
    in.text(serial) += text;
    in.ready(serial, given);
}

TEST(ReplyQueue, OwesAGrantUntilItsLastByteIsWritten) {
    reply_queue queue;
    answer(queue, queue.open(), "12345", {1, 17});
    EXPECT_TRUE(queue.owes_grants());
    EXPECT_EQ(queue.writable(), "12345");
    queue.wrote(4);
    EXPECT_TRUE(queue.owes_grants());
    EXPECT_EQ(queue.writable(), "5");
    queue.wrote(1);
    EXPECT_FALSE(queue.owes_grants());
    EXPECT_TRUE(queue.has_unconfirmed());
    EXPECT_TRUE(queue.idle());
}

TEST(ReplyQueue, GivesBackWhatWasNotWrittenCompletely) {
    // Three replies in one write, of which the first and half of the second left.
    reply_queue queue;
    answer(queue, queue.open(), "aaaa", {1, 11});
    answer(queue, queue.open(), "bbbb", {2, 12});
    answer(queue, queue.open(), "cccc", {3, 13});
    EXPECT_EQ(queue.writable(), "aaaabbbbcccc");
    queue.wrote(6);
    EXPECT_THAT(queue.take_undelivered(), ElementsAre(grant{2, 12}, grant{3, 13}));
    EXPECT_THAT(queue.take_undelivered(), IsEmpty());
    EXPECT_EQ(queue.writable(), "");
}

TEST(ReplyQueue, GivesBackWhatIsReadyBehindWhatIsNot) {
    reply_queue queue;
    const std::uint64_t first = queue.open();
    answer(queue, queue.open(), "b", {2, 12});
    EXPECT_TRUE(queue.owes_grants());
    EXPECT_THAT(queue.take_undelivered(), ElementsAre(grant{2, 12}));
    // What is answered later finds its place, and nothing leaves.
    answer(queue, first, "");
    EXPECT_THAT(queue.take_undelivered(), IsEmpty());
}

TEST(ReplyQueue, GivesBackWhatIsReadyDuringAWrite) {
    reply_queue queue;
    answer(queue, queue.open(), "aaaa", {1, 11});
    EXPECT_EQ(queue.writable(), "aaaa");
    answer(queue, queue.open(), "bbbb", {2, 12});
    EXPECT_EQ(queue.writable(), "aaaa");
    queue.wrote(4);
    EXPECT_THAT(queue.take_undelivered(), ElementsAre(grant{2, 12}));
}

TEST(ReplyQueue, KnowsWhatWasNeverAcknowledged) {
    reply_queue queue;
    answer(queue, queue.open(), "aaaa", {1, 11});
    answer(queue, queue.open(), "bbbb");
    answer(queue, queue.open(), "cccc", {3, 13});
    queue.wrote(queue.writable().size());
    EXPECT_TRUE(queue.has_unconfirmed());
    EXPECT_THAT(queue.take_unacknowledged(0), IsEmpty());

    answer(queue, queue.open(), "dddd", {4, 14});
    queue.wrote(queue.writable().size());
    EXPECT_THAT(queue.take_unacknowledged(1), ElementsAre(grant{4, 14}));
    EXPECT_THAT(queue.take_unacknowledged(16), IsEmpty());

    answer(queue, queue.open(), "eeee", {5, 15});
    answer(queue, queue.open(), "ffff", {6, 16});
    queue.wrote(queue.writable().size());
    EXPECT_THAT(queue.take_unacknowledged(5), ElementsAre(grant{5, 15}, grant{6, 16}));
}

TEST(ReplyQueue, AClientThatGoesOnTalkingHasWhatWasWritten) {
    reply_queue queue;
    answer(queue, queue.open(), "aaaa", {1, 11});
    queue.wrote(queue.writable().size());
    answer(queue, queue.open(), "bbbb", {2, 12});
    queue.confirm();
    EXPECT_FALSE(queue.has_unconfirmed());
    EXPECT_TRUE(queue.owes_grants());
    EXPECT_THAT(queue.take_unacknowledged(100), IsEmpty());
    EXPECT_THAT(queue.take_undelivered(), ElementsAre(grant{2, 12}));
}

TEST(ReplyQueue, CountsTheBytesItHolds) {
    reply_queue queue;
    const std::uint64_t first = queue.open();
    answer(queue, queue.open(), "bbbb");
    EXPECT_EQ(queue.bytes_leaving(), 0u);
    EXPECT_EQ(queue.bytes_held(), 4u);
    answer(queue, first, "aaa");
    EXPECT_EQ(queue.bytes_leaving(), 7u);
    EXPECT_EQ(queue.bytes_held(), 7u);
    queue.wrote(queue.writable().size());
    EXPECT_EQ(queue.bytes_held(), 0u);
}

TEST(ReplyQueue, TextBegunBehindOthersIsKeptWhenItsTurnComes) {
    reply_queue queue;
    const std::uint64_t first = queue.open();
    const std::uint64_t second = queue.open();
    queue.text(second) += "bb";
    answer(queue, first, "a");
    queue.text(second) += "BB";
    queue.ready(second);
    EXPECT_EQ(queue.writable(), "abbBB");
}

}  // namespace
}  // namespace admit::http
