// Builds one line of words and `key=value` pairs; what is usual is left out.
#pragma once

#include "proto/values.hpp"
#include "tests/support/words.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace admit::test {

class text {
public:
    explicit text(std::string_view first) : line_(first) {}

    text& word(std::string_view value) {
        line_.append(" ").append(value);
        return *this;
    }
    text& number(std::uint64_t value) { return word(std::to_string(value)); }
    text& pair(std::string_view key, std::string_view value) {
        return word(std::string(key).append("=").append(quoted(value)));
    }
    text& count(std::string_view key, std::int64_t value) {
        return pair(key, std::to_string(value));
    }
    /// As `count`; nothing where there are none.
    text& count_of(std::string_view key, std::int64_t value) {
        return value == 0 ? *this : count(key, value);
    }
    text& id(std::string_view key, std::uint64_t value) { return pair(key, std::to_string(value)); }
    text& ms(std::string_view key, std::int64_t value) { return pair(key, ms_text(value)); }
    text& flag(std::string_view key, bool value) { return value ? word(key) : *this; }
    text& labels(const admit::labels& values) {
        if (values.empty()) return *this;
        std::string joined;
        for (const auto& [key, value] : values) {
            if (!joined.empty()) joined += ',';
            joined.append(key).append(":").append(value);
        }
        return pair("labels", joined);
    }

    std::string str() && { return std::move(line_); }
    const std::string& str() const& { return line_; }

private:
    std::string line_;
};

}  // namespace admit::test
