// What the database and the system throw becomes why a journal cannot be used.
#pragma once

#include "server/journal/sqlite/database.hpp"
#include "server/journal/trouble.hpp"

#include <string>
#include <system_error>

namespace admit::journal {

inline trouble_kind kind_of(sql_error::kind is) {
    switch (is) {
        case sql_error::kind::damaged:
            return trouble_kind::damaged;
        case sql_error::kind::not_a_database:
        case sql_error::kind::refused:
            return trouble_kind::unusable;
        case sql_error::kind::busy:
            return trouble_kind::locked;
        case sql_error::kind::failed:
            break;
    }
    return trouble_kind::failed;
}

/// Runs `f`; what it throws of the system becomes a refusal that names `where`.
template <class F>
auto refusing(const std::string& where, const F& f) {
    try {
        return f();
    } catch (const sql_error& e) {
        throw refusal({kind_of(e.is), e.what()});
    } catch (const std::system_error& e) {
        throw refusal({trouble_kind::failed, where + ": " + e.what()});
    }
}

}  // namespace admit::journal
