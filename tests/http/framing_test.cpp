// Framing: whatever pieces bytes come in, the same is heard of them, and nothing that follows is
// taken for what it is not.
#include "tests/http/framing_cases.hpp"
#include "tests/http/wire.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace admit::http::testing {

void PrintTo(const framing_case& what, std::ostream* out) { *out << what.name; }

namespace {

const std::string sentinel = "GET /sentinel HTTP/1.1\r\nHost: localhost\r\n\r\n";

heard expected(const framing_case& what) {
    if (what.closes) return {what.heard, "(closed)"};
    return {what.heard, "GET /sentinel"};
}

class framing : public ::testing::TestWithParam<framing_case> {};

TEST_P(framing, InOnePiece) { EXPECT_EQ(hear(GetParam().bytes + sentinel), expected(GetParam())); }

TEST_P(framing, CutInTwoAtEveryByte) {
    const std::string bytes = GetParam().bytes + sentinel;
    // The long ones are long by repetition; what is of interest is at their ends.
    const std::size_t step = bytes.size() > 3000 ? 61 : 1;
    for (std::size_t cut = 1; cut < bytes.size(); cut += step)
        ASSERT_EQ(hear({bytes.data(), cut}, std::string_view(bytes).substr(cut)),
                  expected(GetParam()))
            << "cut at " << cut;
}

TEST_P(framing, OneByteAtATime) {
    EXPECT_EQ(hear_each(GetParam().bytes + sentinel), expected(GetParam()));
}

TEST_P(framing, BehindAnotherRequest) {
    heard after = expected(GetParam());
    after.insert(after.begin(), "POST /before {}");
    EXPECT_EQ(hear(post("/before", "{}") + GetParam().bytes + sentinel), after);
}

std::string number(const ::testing::TestParamInfo<framing_case>& info) {
    return std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Closing, framing, ::testing::ValuesIn(closing_cases()), number);
INSTANTIATE_TEST_SUITE_P(GoingOn, framing, ::testing::ValuesIn(going_on_cases()), number);

TEST(FramingTable, IsLarge) { EXPECT_GE(closing_cases().size() + going_on_cases().size(), 200u); }

}  // namespace
}  // namespace admit::http::testing
