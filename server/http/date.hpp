// The `Date` of replies.
#pragma once

#include <cstdint>
#include <string>

namespace admit::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale. Seconds since 1970.
std::string http_date(std::int64_t seconds);

}  // namespace admit::http
