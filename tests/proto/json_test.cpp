// The JSON reader on its own: what it accepts, what it refuses, and where it says the fault lies.
#include "proto/json.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace admit::json {
namespace {

/// The document again, in a spelling of its own: `{a:1,b:[true,"x"]}`; numbers that are no integers
/// as `#`.
std::string spelled(const value& from) {
    std::string inner;
    for (const value& each : from) {
        if (!inner.empty()) { inner += ','; }
        if (from.is(kind::object)) { inner += std::string(each.key()) + ':'; }
        inner += spelled(each);
    }
    switch (from.kind()) {
        case kind::null:
            return "null";
        case kind::boolean:
            return from.boolean() ? "true" : "false";
        case kind::integer:
            return std::to_string(from.integer());
        case kind::number:
            return "#";
        case kind::string:
            return '"' + std::string(from.text()) + '"';
        case kind::array:
            return '[' + inner + ']';
        case kind::object:
            break;
    }
    return '{' + inner + '}';
}

TEST(json_reader, reads_what_the_grammar_allows) {
    document read;
    const std::pair<const char*, const char*> texts[] = {
        {"{}", "{}"},
        {" [ ] ", "[]"},
        {"null", "null"},
        {"\"\"", "\"\""},
        {"{\"\":1}", "{:1}"},
        {R"({"a":1,"b":[true,false,null,"x",{"c":{}}],"d":-7})",
         R"({a:1,b:[true,false,null,"x",{c:{}}],d:-7})"},
        {R"("\u0041\n\/\u20ac\ud83d\ude00")", "\"A\n/\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {"\"\xC3\xA4\"", "\"\xC3\xA4\""},
        {"\t\r\n [1]", "[1]"},
        {"\xEF\xBB\xBF{}", "{}"},  // a byte order mark, as some editors leave one
    };
    for (const auto& [text, expected] : texts) {
        const auto wrong = read.parse(text);
        ASSERT_FALSE(wrong) << text << ": " << wrong->text;
        EXPECT_EQ(spelled(read.root()), expected);
    }
}

TEST(json_reader, only_int64_is_an_integer) {
    document read;
    const std::pair<const char*, const char*> texts[] = {
        {"0", "0"},
        {"-0", "0"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"9223372036854775808", "#"},
        {"18446744073709551615", "#"},
        {"18446744073709551616", "#"},
        {"-9223372036854775809", "#"},
        {"1.0", "#"},
        {"-0.0", "#"},
        {"1e3", "#"},
        {"1E-400", "#"},
        {"123456789012345678901234567890", "#"},
    };
    for (const auto& [text, expected] : texts) {
        const auto wrong = read.parse(text);
        ASSERT_FALSE(wrong) << text << ": " << wrong->text;
        EXPECT_EQ(spelled(read.root()), expected);
    }
}

struct refusal {
    std::string text;
    std::size_t offset;
    const char* why;
    const char* field = "";
};

void expect_refusals(const std::vector<refusal>& refusals, const rules& allowed = {}) {
    document read;
    for (const refusal& each : refusals) {
        const auto wrong = read.parse(each.text, allowed);
        ASSERT_TRUE(wrong) << each.text;
        EXPECT_EQ(wrong->offset, each.offset) << each.text;
        EXPECT_NE(wrong->text.find(each.why), std::string::npos)
            << each.text << ": " << wrong->text;
        EXPECT_EQ(wrong->field, each.field) << each.text;
        // The reader is as good as new.
        EXPECT_FALSE(read.parse("{\"a\":[1]}"));
        EXPECT_EQ(spelled(read.root()), "{a:[1]}");
    }
}

TEST(json_reader, refuses_what_the_grammar_does_not_know) {
    expect_refusals({
        {"", 0, "unexpected end of input"},
        {"  ", 2, "unexpected end of input"},
        {"{", 1, "unexpected end of input"},
        {"{\"a\"", 4, "unexpected end of input"},
        {"{\"a\":", 5, "unexpected end of input"},
        {"{\"a\":1,", 7, "unexpected end of input"},
        {"{\"a\":1,}", 8, "unexpected '}'"},
        {"[1,]", 4, "unexpected ']'"},
        {"{a:1}", 2, "invalid literal"},
        {"{'a':1}", 2, "invalid literal"},
        {"{\"a\":1]", 7, "unexpected ']'"},
        {"{1:2}", 2, "unexpected number"},
        {"nul", 3, "invalid literal"},
        {"True", 1, "invalid literal"},
        {"NaN", 1, "invalid literal"},
        {"01", 2, "unexpected number"},
        {"+1", 1, "invalid literal"},
        {".5", 1, "invalid literal"},
        {"1.", 2, "invalid number"},
        {"-", 1, "invalid number"},
        {"\"a", 2, "missing closing quote"},
        {"\"a\nb\"", 3, "control character"},
        {"\"\\x\"", 3, "forbidden character after backslash"},
        {"\"\\u12\"", 6, "4 hex digits"},
        {"\"\\ud800\"", 8, "surrogate"},
        {"\"\\udc00\"", 7, "surrogate"},
        {"{} {}", 4, "expected end of input"},
        {"{}x", 3, "invalid literal"},
        {"1 2", 3, "expected end of input"},
        {"// no\n{}", 1, "invalid literal"},
        {"\xEF\xBB{}", 3, "BOM"},
    });
}

TEST(json_reader, refuses_bytes_that_are_no_utf8) {
    expect_refusals({
        {"\"\xC3\"", 3, "UTF-8"},
        {"\"\x80\"", 2, "UTF-8"},
        {"\"\xC0\xAF\"", 2, "UTF-8"},
        {"\"\xED\xA0\x80\"", 3, "UTF-8"},
        {"\"\xF4\x90\x80\x80\"", 3, "UTF-8"},
        {"{\"\xFF\":1}", 3, "UTF-8"},
    });
}

TEST(json_reader, a_nul_byte_does_not_end_the_text) {
    expect_refusals({
        {std::string("{}\0", 3), 3, "NUL"},
        {std::string("{}\0{\"a\":1}", 10), 3, "NUL"},
        {std::string("{\"a\":\"\0\"}", 9), 7, "NUL"},
    });
    document read;
    ASSERT_FALSE(read.parse("\"\\u0000\""));
    EXPECT_EQ(read.root().text(), std::string_view("\0", 1));
}

TEST(json_reader, refuses_duplicate_names_and_says_where) {
    expect_refusals({
        {R"({"a":1,"a":1})", 13, "duplicate field 'a'", "a"},
        {R"({"a":1,"\u0061":2})", 18, "duplicate field 'a'", "a"},
        {R"({"":1,"":2})", 11, "duplicate field ''"},
        {R"({"p":[{"x":1},{"l":{"k":1,"m":2,"k":3}}]})", 38, "duplicate", "p[1].l.k"},
    });
    document read;
    EXPECT_FALSE(read.parse(R"([{"a":1},{"a":1},{"a":{"a":1},"b":{"a":1}}])"));
}

TEST(json_reader, refuses_numbers_that_no_double_holds) {
    expect_refusals({
        {R"({"ttl_ms":1e999})", 16, "out of range", "ttl_ms"},
        {R"({"a":[{"b":[0,-1e999]}]})", 21, "out of range", "a[0].b[1]"},
    });
}

TEST(json_reader, holds_its_limits) {
    document read;
    const rules few{.depth_max = 3, .nodes_max = 4, .comments = false};
    EXPECT_FALSE(read.parse("[[[]]]", few));
    EXPECT_FALSE(read.parse("[1,2,3]", few));
    expect_refusals({{"[[[[]]]]", 4, "nested deeper than 3"},
                     {"[{\"a\":[{\"b\":1}]}]", 8, "nested deeper than 3"},
                     {"[1,2,3,4]", 9, "more than 4 values"},
                     {"[[],[],[],[]]", 11, "more than 4 values"}},
                    few);
}

TEST(json_reader, reads_comments_only_where_allowed) {
    const rules file{.depth_max = 8, .nodes_max = 100, .comments = true};
    document read;
    ASSERT_FALSE(read.parse("// one\n{/* two */\"a\": /* * / */ 1} // three", file));
    EXPECT_EQ(spelled(read.root()), "{a:1}");
    ASSERT_FALSE(read.parse("{\"a\":\"//x /* y */\"}", file));
    EXPECT_EQ(spelled(read.root()), "{a:\"//x /* y */\"}");
    expect_refusals({{"{} /* open", 10, "comment"}, {"{} # no", 4, "invalid literal"}}, file);
}

TEST(json_reader, finds_members_by_name) {
    document read;
    ASSERT_FALSE(read.parse(R"({"a":{"b":[1,[2],3]},"c":"x"})"));
    const value root = read.root();
    EXPECT_EQ(root.size(), 2u);
    ASSERT_TRUE(root.find("c"));
    EXPECT_EQ(root.find("c")->text(), "x");
    EXPECT_EQ(root.find("a")->find("b")->size(), 3u);
    EXPECT_FALSE(root.find("b"));
    EXPECT_FALSE(root.find("c")->find("x"));
}

TEST(json_reader, quotes_nothing_that_could_harm_a_terminal) {
    EXPECT_EQ(excerpt("plain \xC3\xA4"), "plain \xC3\xA4");
    EXPECT_EQ(excerpt("\x1B[2J\n\xFF"), "\\x1b[2J\\x0a\\xff");
    EXPECT_EQ(excerpt("\xE2\x80\xA8"), "\\xe2\\x80\\xa8");
    EXPECT_EQ(excerpt(std::string(65, 'x')), std::string(64, 'x') + "...");
    EXPECT_EQ(excerpt(std::string(64, 'x')), std::string(64, 'x'));
    document read;
    const auto wrong = read.parse("{\"a\":\x1B\"secret\"}");
    ASSERT_TRUE(wrong);
    EXPECT_EQ(wrong->text.find('\x1B'), std::string::npos);
}

/// What comes of a text by the quick way, where it is plain, and by the library's: a comment in
/// front is nothing that the quick one knows.
void expect_one_meaning(const std::string& text) {
    static const std::string comment = "/**/";
    document quick, library;
    const rules allowed{.depth_max = 4, .nodes_max = 12, .comments = true};
    const auto wrong = quick.parse(text, allowed);
    const auto wrong_too = library.parse(comment + text, allowed);
    ASSERT_EQ(wrong.has_value(), wrong_too.has_value()) << text;
    if (wrong) {
        EXPECT_EQ(wrong->text, wrong_too->text) << text;
        EXPECT_EQ(wrong->field, wrong_too->field) << text;
        EXPECT_EQ(wrong->offset + comment.size(), wrong_too->offset) << text;
    } else {
        EXPECT_EQ(spelled(quick.root()), spelled(library.root())) << text;
    }
}

TEST(json_reader, says_the_same_whichever_way_a_text_takes) {
    std::mt19937 random(17);
    const auto any_of = [&random](const auto& all) { return all[random() % std::size(all)]; };
    // Grown from pieces: about half of the texts are well-formed.
    const auto grow = [&](const auto& self, int depth) -> std::string {
        static const std::string_view leaves[] = {"0",
                                                  "-1",
                                                  "17",
                                                  "-0",
                                                  "007",
                                                  "1.5",
                                                  "2e3",
                                                  "999999999999999999",
                                                  "9223372036854775807",
                                                  "9223372036854775808",
                                                  "true",
                                                  "false",
                                                  "null",
                                                  "tru",
                                                  R"("")",
                                                  R"("db")",
                                                  R"("a\n")",
                                                  "\"\xC3\xA9\"",
                                                  "\"\x7F\"",
                                                  "\"\t\"",
                                                  "\"open"};
        static const std::string_view keys[] = {R"("a")", R"("b")",      R"("a")",
                                                R"("")",  R"("\u0061")", "a"};
        static const std::string_view spaces[] = {"", "", "", " ", "\n\t", "/*c*/"};
        if (depth == 0 || random() % 3 == 0) return std::string(any_of(leaves));
        const bool object = random() % 2 == 0;
        std::string out(1, object ? '{' : '[');
        for (std::size_t left = random() % 4; left > 0; --left) {
            out += any_of(spaces);
            if (object) out.append(any_of(keys)).append(any_of(spaces)).append(":");
            out += self(self, depth - 1);
            out += any_of(spaces);
            if (left > 1 || random() % 16 == 0) out += ',';
        }
        out += random() % 24 == 0 ? "" : object ? "}" : "]";
        return out;
    };
    for (int i = 0; i < 20'000; ++i) {
        std::string text = grow(grow, 5);
        if (random() % 4 == 0 && !text.empty())
            text[random() % text.size()] = any_of("{}[],:\"0x ");
        expect_one_meaning(text);
    }
}

TEST(json_reader, takes_many_members_either_way) {
    std::string text = "{";
    for (int i = 0; i < 17; ++i) {
        document out;
        text += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":" + std::to_string(i);
        ASSERT_FALSE(out.parse(text + "}"));
        EXPECT_EQ(out.root().size(), static_cast<std::size_t>(i) + 1);
        const auto twice = out.parse(text + ",\"m0\":0}");
        ASSERT_TRUE(twice);
        EXPECT_EQ(twice->text, "duplicate field 'm0'");
    }
}

}  // namespace
}  // namespace admit::json
