// What the readers of answers share. Fields that this version does not know are ignored, since a
// newer server may send them; what is known must be there and of its type. For
// decode_*answers*.cpp.
#pragma once

#include "proto/codec.hpp"
#include "proto/fields.hpp"
#include "proto/limits.hpp"

#include <array>

namespace admit::fields {

inline constexpr json::rules answer_rules{.depth_max = limits::answer_depth_max,
                                          .nodes_max = limits::answer_nodes_max};

template <class T>
bool read_known(const json::value& object, std::type_identity_t<std::span<const field<T>>> table,
                T& into, faults& wrong) {
    if (!object.is(json::kind::object)) { return wrong.refuse(object.key(), "must be an object"); }
    return read_object<T>(object, table, unknown_fields::ignored, {}, into, wrong);
}

/// Puts an array of objects into the vector that `Member` names.
template <auto Member, auto Read, class T>
bool rows(const json::value& from, T& into, faults& wrong) {
    if (!from.is(json::kind::array)) { return wrong.refuse(from.key(), "must be an array"); }
    for (const json::value& each : from) {
        auto& made = (into.*Member).emplace_back();
        if (!Read(each, made, wrong)) { return false; }
    }
    return true;
}

/// An answer that is one flat object.
template <class T>
decoded<T> read_answer(std::string_view body,
                       std::type_identity_t<std::span<const field<T>>> table) {
    faults wrong;
    T made;
    const auto root = parse_object(body, answer_rules, wrong);
    if (!root || !read_known<T>(*root, table, made, wrong)) { return std::move(wrong.wrong); }
    return made;
}

inline constexpr std::array<field<pool_share>, 5> share_fields{{
    {"pool", with<&pool_share::pool, read_string>, true},
    {"slots", count<&pool_share::slots>},
    {"active", count<&pool_share::active>},
    {"limit", count<&pool_share::limit>},
    {"floor", count<&pool_share::floor>},
}};

inline bool read_share(const json::value& from, pool_share& into, faults& wrong) {
    return read_known<pool_share>(from, share_fields, into, wrong);
}

/// The first of `pools`: this version admits to one.
template <auto Member, class T>
bool first_share(const json::value& from, T& into, faults& wrong) {
    if (!from.is(json::kind::array) || from.size() == 0) {
        return wrong.refuse(from.key(), "must be an array of pools");
    }
    return read_share(*from.begin(), into.*Member, wrong);
}

}  // namespace admit::fields
