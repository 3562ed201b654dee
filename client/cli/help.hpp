// What --help says below the lists of options.
#pragma once

#include <string>

namespace admit::client::help {

inline constexpr char about[] =
    "Decides how many may run at once: asks an Admit server for slots of its pools.";

/// Of `admit --help`: examples, environment, exit statuses.
std::string footer();

// Of each command.
extern const char run[];
extern const char acquire[];
extern const char renew[];
extern const char release[];
extern const char cancel[];
extern const char check[];
extern const char pools[];
extern const char pool[];
extern const char pool_show[];
extern const char pool_set[];
extern const char pool_pause[];
extern const char pool_resume[];
extern const char pool_drain[];
extern const char pool_delete[];
extern const char leases[];
extern const char waiters[];
extern const char history[];
extern const char worker[];
extern const char evict[];
extern const char top[];
extern const char demo[];
extern const char version[];

}  // namespace admit::client::help
