// Plays every file of transcripts/ and compares. `transcript_test --rewrite` writes them anew, to
// be read in the diff before they are believed.
#include "tests/core/transcript.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>
#include <vector>

namespace admit::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> transcript_names() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(ADMIT_TRANSCRIPTS)) {
        if (entry.path().extension() == ".txt") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

fs::path path_of(const std::string& name) { return fs::path(ADMIT_TRANSCRIPTS) / (name + ".txt"); }

std::string read_file(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

int rewrite_all() {
    for (const std::string& name : transcript_names()) {
        const std::string before = read_file(path_of(name));
        const std::string after = play_transcript(before);
        if (before == after) continue;
        std::ofstream(path_of(name), std::ios::binary) << after;
        std::cout << "rewritten: " << name << '\n';
    }
    return 0;
}

class Transcript : public testing::TestWithParam<std::string> {};

TEST_P(Transcript, comes_out_the_same) {
    const std::string expected = read_file(path_of(GetParam()));
    EXPECT_EQ(play_transcript(expected), expected);
}

TEST_P(Transcript, says_first_what_it_shows) {
    EXPECT_EQ(read_file(path_of(GetParam())).substr(0, 2), "# ");
}

INSTANTIATE_TEST_SUITE_P(Core, Transcript, testing::ValuesIn(transcript_names()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace admit::test

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (argc > 1 && std::string_view(argv[1]) == "--rewrite") return admit::test::rewrite_all();
    return RUN_ALL_TESTS();
}
