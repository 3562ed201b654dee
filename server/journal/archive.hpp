// Writing and reading fields by one description for both directions. For the codec's .cpp.
#pragma once

#include "server/core/image.hpp"
#include "server/core/record.hpp"
#include "server/journal/bytes.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

namespace admit::journal {

// What stands in the journal for each value: an index here, which never changes its meaning.
template <class Enum>
struct numbers_of;
template <>
struct numbers_of<pool_mode> {
    static constexpr std::array all{pool_mode::open, pool_mode::paused, pool_mode::draining};
};
template <>
struct numbers_of<pool_source> {
    static constexpr std::array all{pool_source::builtin, pool_source::file, pool_source::flag,
                                    pool_source::api};
};
template <>
struct numbers_of<lease_state> {
    static constexpr std::array all{lease_state::unclaimed, lease_state::acquired,
                                    lease_state::busy};
};
template <>
struct numbers_of<ending> {
    static constexpr std::array all{ending::ok,        ending::dropped,   ending::failed,
                                    ending::cancelled, ending::expired,   ending::not_started,
                                    ending::evicted,   ending::unclaimed, ending::abandoned};
};
template <>
struct numbers_of<core::leave_reason> {
    using why = core::leave_reason;
    static constexpr std::array all{why::gone,         why::timeout,      why::place_lost,
                                    why::cancelled,    why::draining,     why::too_big,
                                    why::pool_deleted, why::shutting_down};
};

/// Writes each field that it is called with.
class field_writer {
public:
    explicit field_writer(byte_writer& out) : out_(out) {}

    void operator()(bool b) { out_.byte(b ? 1 : 0); }
    void operator()(std::uint64_t n) { out_.number(n); }
    void operator()(std::int64_t n) { out_.signed_number(n); }
    void operator()(const std::string& t) { out_.text(t); }
    void operator()(core::instant at) { out_.signed_number(at.time_since_epoch().count()); }
    void operator()(core::duration d) { out_.signed_number(d.count()); }
    void operator()(const admit::labels&);
    void operator()(const core::admission_ref&);
    void operator()(const pool_settings&);
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(Enum e) {
        const auto& all = numbers_of<Enum>::all;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i] == e) return out_.number(i);
        }
    }

private:
    byte_writer& out_;
};

/// Reads each field that it is called with; leaves it as it is where there is none any more.
class field_reader {
public:
    explicit field_reader(byte_reader& in) : in_(in) {}

    void operator()(bool& b);
    void operator()(std::uint64_t& n) {
        if (!in_.at_end()) n = in_.number();
    }
    void operator()(std::int64_t& n) {
        if (!in_.at_end()) n = in_.signed_number();
    }
    void operator()(std::string& t) {
        if (!in_.at_end()) t = in_.text();
    }
    void operator()(core::instant& at) {
        if (!in_.at_end()) at = core::instant(core::duration(in_.signed_number()));
    }
    void operator()(core::duration& d) {
        if (!in_.at_end()) d = core::duration(in_.signed_number());
    }
    void operator()(admit::labels&);
    void operator()(core::admission_ref&);
    void operator()(pool_settings&);
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(Enum& e) {
        if (in_.at_end()) return;
        const auto& all = numbers_of<Enum>::all;
        const std::uint64_t n = in_.number();
        if (n < all.size())
            e = all[n];
        else
            in_.fail();
    }

private:
    byte_reader& in_;
};

}  // namespace admit::journal
