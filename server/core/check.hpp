// Checks that stay in release builds: for breaches after which going on would do harm.
#pragma once

#include <cstdio>
#include <cstdlib>

/// Ends the process when `condition` is false. For what only a bug of ours can cause; rather no
/// server than one that admits too many.
#define ADMIT_CHECK(condition, what)                                                     \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            std::fputs("admit: invariant broken: " what " (" #condition ")\n", stderr);  \
            std::abort();                                                                \
        }                                                                                \
    } while (false)
