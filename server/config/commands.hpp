// What admitd does besides serving: backups, their way back, and a look into a data directory.
#pragma once

#include "server/config/options.hpp"

#include <iosfwd>

namespace admit::config {

// Each runs to its end and returns what the process is to end with; a text of `status::ok` has been
// asked for, any other is one line that says what went wrong.

/// Writes the state of a running server into a file: complete, checked and durable before it gets
/// its name.
early_end back_up(const options&);

/// Makes a data directory from a backup.
early_end restore(const options&);

/// Prints what is in a data directory or a backup; the text that is returned is what is wrong with
/// it.
early_end inspect(const options&, std::ostream& out);

}  // namespace admit::config
