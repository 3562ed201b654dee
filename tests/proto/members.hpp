// An answer's members one by one, to leave each out and to spoil each in turn.
#pragma once

#include "tests/proto/support.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace admit {

/// A member of an object: its name, a good value as JSON, and whether a client needs it.
struct member {
    std::string name;
    std::string value;
    bool required = true;
};
using members = std::vector<member>;

inline std::string object_of(const members& all) {
    std::string out = "{";
    for (const member& each : all) {
        if (out.size() > 1) { out += ','; }
        out += '"' + each.name + "\":" + each.value;
    }
    return out + '}';
}

/// One value of each type, and numbers that are none of an answer's.
inline const std::vector<std::string>& strange_values() {
    static const std::vector<std::string> all{"null",      "true", "7",
                                              "-1",        "1.5",  "9223372036854775808",
                                              "\"words\"", "[7]",  R"({"a":"b"})"};
    return all;
}

/// Whether `value` has the type of `good`: the same first byte, or both count something.
inline bool is_alike(std::string_view value, std::string_view good) {
    constexpr auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (is_digit(good[0])) { return value == "7"; }
    if (good == "true" || good == "false") { return value == "true"; }
    return value[0] == good[0];
}

/// Holds that a decoder needs each required member of an object, does without the others, takes no
/// member of a wrong type, and says which it was. `within` puts the object into its message.
template <class Decode>
void expect_each_member_checked(Decode decode, const members& all,
                                const std::function<std::string(std::string)>& within) {
    value_of(decode(within(object_of(all))));
    for (std::size_t i = 0; i < all.size(); ++i) {
        SCOPED_TRACE(all[i].name);
        members some = all;
        some.erase(some.begin() + static_cast<std::ptrdiff_t>(i));
        const std::string without = within(object_of(some));
        if (all[i].required) {
            expect_refused(decode, {{without, all[i].name, "is required"}});
        } else {
            value_of(decode(without));
        }
        for (const std::string& strange : strange_values()) {
            if (is_alike(strange, all[i].value)) { continue; }
            some = all;
            some[i].value = strange;
            expect_refused(decode, {{within(object_of(some)), all[i].name, "must be"}});
        }
    }
}

/// The message is the object.
inline std::string alone(std::string object) { return object; }

}  // namespace admit
