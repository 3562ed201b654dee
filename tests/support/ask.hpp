// Short ways for tests to say what an answer has to be.
#pragma once

#include "tests/support/render.hpp"
#include "tests/support/world.hpp"

#include <ostream>
#include <stdexcept>
#include <string>
#include <variant>

namespace admit {

// How GoogleTest writes them.
inline void PrintTo(errc code, std::ostream* out) { *out << name(code); }
inline void PrintTo(lease_status status, std::ostream* out) { *out << name(status); }
inline void PrintTo(lease_state state, std::ostream* out) { *out << name(state); }
inline void PrintTo(ending how, std::ostream* out) { *out << name(how); }

}  // namespace admit

namespace admit::test {

/// The answer as a `T`; throws `std::logic_error` with the answer's text where it is another.
template <class T>
const T& as(const answer& a) {
    if (const T* wanted = std::get_if<T>(&a)) return *wanted;
    throw std::logic_error("another answer: " + render(a));
}

/// The line's answer, as a `T`.
template <class T>
T ask(world& w, std::string_view line) {
    return as<T>(w.ask(line));
}

/// The code of the problem that the line is answered with.
inline errc refused(world& w, std::string_view line) { return ask<problem>(w, line).code; }

/// The token of the lease that the line is given.
inline token granted(world& w, std::string_view line) { return ask<acquired>(w, line).token; }

/// What a renewal of the token finds.
inline lease_status renewed_as(world& w, token t) {
    return ask<renewed>(w, "renew " + std::to_string(t)).leases.at(0).status;
}
/// What a release of the token finds.
inline lease_status released_as(world& w, token t) {
    return ask<released>(w, "release " + std::to_string(t)).leases.at(0).status;
}

/// The answer that a waiting call has got meanwhile, as a `T`; throws while it waits.
template <class T>
const T& got(const world& w, core::call_id call) {
    const answer* a = w.answer_to(call);
    if (a == nullptr) throw std::logic_error("call " + std::to_string(call) + " still waits");
    return as<T>(*a);
}
inline bool waits(const world& w, core::call_id call) { return w.answer_to(call) == nullptr; }

/// The pool as it is now.
inline pool_view pool(world& w, const std::string& name) {
    return ask<pool_answer>(w, "show " + name).pool;
}

}  // namespace admit::test
