// Writes JSON straight into a string: no tree, no stream, no locale. For this folder's encode*.cpp.
#pragma once

#include "proto/values.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace admit {

/// Appends to a string that it does not own and that nobody else looks at while the writer lives:
/// it makes room ahead and takes back in its destructor what was not used. Commas are its own
/// affair; balance is the caller's. Field names are trusted: they are written as they are.
class json_writer {
public:
    explicit json_writer(std::string& out) : out_(out), start_(out.size()) { grow(room_first); }
    ~json_writer() { out_.resize(static_cast<std::size_t>(at_ - out_.data())); }
    json_writer(const json_writer&) = delete;
    json_writer& operator=(const json_writer&) = delete;

    void begin_object() { begin('{'); }
    void begin_object(std::string_view name) { begin(name, '{'); }
    void begin_array(std::string_view name) { begin(name, '['); }
    void end_object() { put('}'); }
    void end_array() { put(']'); }

    void field(std::string_view name, std::string_view text) {
        key(name);
        string(text);
    }
    void field(std::string_view name, const char* text) { field(name, std::string_view(text)); }
    void field(std::string_view name, bool is) {
        key(name);
        put(is ? "true" : "false");
    }
    void field(std::string_view name, const admit::labels& pairs);
    template <std::integral Number>
    requires(!std::same_as<Number, bool>) void field(std::string_view name, Number number) {
        key(name);
        if constexpr (std::signed_integral<Number>) {
            append(static_cast<std::int64_t>(number));
        } else {
            append(static_cast<std::uint64_t>(number));
        }
    }
    /// Left out where it is 0.
    template <std::integral Number>
    void field_unless_0(std::string_view name, Number number) {
        if (number != 0) { field(name, number); }
    }

    /// An element of an array.
    void element(std::string_view text) {
        separate();
        string(text);
    }

private:
    static constexpr std::size_t room_first = 384;  ///< an answer to a worker needs no more

    /// Makes room for so many bytes; each `put_` below needs them. Inline, so that the names of
    /// fields, which are constants, are copied with a few stores.
    void room(std::size_t bytes) {
        if (static_cast<std::size_t>(end_ - at_) < bytes) { grow(bytes); }
    }
    void grow(std::size_t bytes);
    void put_in_room(char c) noexcept { *at_++ = c; }
    void put_in_room(std::string_view text) noexcept {
        std::memcpy(at_, text.data(), text.size());
        at_ += text.size();
    }
    void put(char c) {
        room(1);
        put_in_room(c);
    }
    void put(std::string_view text) {
        room(text.size());
        put_in_room(text);
    }

    /// A bracket in a string has at least a quote after it, so the last byte tells.
    void separate() {
        room(1);
        const bool first = at_ == out_.data() + start_ || at_[-1] == '{' || at_[-1] == '[';
        if (!first) { put_in_room(','); }
    }
    void key(std::string_view name) {
        room(name.size() + 4);
        separate();
        put_in_room('"');
        put_in_room(name);
        put_in_room('"');
        put_in_room(':');
    }
    void begin(char bracket) {
        separate();
        put(bracket);
    }
    void begin(std::string_view name, char bracket) {
        key(name);
        put(bracket);
    }
    void string(std::string_view text);
    void append(std::int64_t number);
    void append(std::uint64_t number);

    std::string& out_;
    std::size_t start_;    ///< what stands before is none of ours
    char* at_ = nullptr;   ///< what comes next goes here
    char* end_ = nullptr;  ///< of the room
};

}  // namespace admit
