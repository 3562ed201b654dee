// What a call of the client library gives back: a value, or why there is none. Errors are values;
// nothing here throws.
#pragma once

#include "proto/answers.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace admit::client {

/// Why a call has no value.
enum class cause : std::uint8_t {
    refused,      ///< the server answered with an error: `answer` has it
    unreachable,  ///< no connection could be made: the server has not seen the call
    lost,         ///< sent, but no answer came back: the server may have acted on it
    garbled,   ///< what came back is no answer of an Admit server; it may have acted all the same
    given_up,  ///< the caller wanted no more of it
};

struct failure {
    cause why = cause::given_up;
    problem answer;      ///< with `refused`
    std::string detail;  ///< for people, with all others
};

/// One line for people: what went wrong and, where the server said it, with which code.
std::string message(const failure&);

/// Whether the server may have acted on a call that failed like this.
inline bool may_have_arrived(const failure& f) noexcept {
    return f.why == cause::lost || f.why == cause::garbled ||
           (f.why == cause::refused &&
            (f.answer.code == errc::internal || f.answer.code == errc::outcome_unknown));
}

/// A value, or the failure that there is instead. A default one is a failure.
template <class T>
class [[nodiscard]] result {
public:
    result() : state_(failure{}) {}
    result(const T& value) : state_(value) {}
    result(T&& value) : state_(std::move(value)) {}
    result(failure why) : state_(std::move(why)) {}

    explicit operator bool() const noexcept { return std::holds_alternative<T>(state_); }

    /// Only where there is a value.
    T& operator*() noexcept { return *std::get_if<T>(&state_); }
    const T& operator*() const noexcept { return *std::get_if<T>(&state_); }
    T* operator->() noexcept { return std::get_if<T>(&state_); }
    const T* operator->() const noexcept { return std::get_if<T>(&state_); }

    /// Only where there is none.
    const failure& error() const noexcept { return *std::get_if<failure>(&state_); }

private:
    std::variant<failure, T> state_;
};

}  // namespace admit::client
