# Writes OUTPUT with the version and the commit of the tree that is being built, and only where that
# changes something, so that nothing is compiled anew for it.
#   cmake -DSOURCE=… -DVERSION=… -DCOMMIT=… -DOUTPUT=… -P version.cmake
if(NOT COMMIT)
    execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
                    OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT COMMIT)
    set(COMMIT unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "server/config/version.hpp"

namespace admit::config {

const char* version() noexcept { return "@VERSION@"; }
const char* commit() noexcept { return "@COMMIT@"; }

}  // namespace admit::config
]])
