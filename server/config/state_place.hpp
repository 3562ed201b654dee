// Where the state lives: the journal, the key of the handles, and what a core has to begin with.
#pragma once

#include "server/config/file_system.hpp"
#include "server/config/options.hpp"
#include "server/core/core.hpp"
#include "server/http/handles.hpp"
#include "server/journal/open.hpp"

#include <memory>
#include <string>
#include <variant>

namespace admit::config {

/// What ends the start of a process: its status and one line.
struct refused_start {
    int status = status::internal;
    std::string text;
};

struct state_place {
    std::unique_ptr<journal::journal> journal;
    core::settings core;
    admit::token new_token = 1;  ///< where a journal without a past begins
    http::secret_key key{};
    bool key_is_new = false;  ///< and lies in no file yet
    std::string directory;    ///< empty: the state is in memory only
    file_system on = file_system::local;  ///< where that lies
};

/// The default directory, by the variables XDG_STATE_HOME and HOME (null: not set); empty where
/// they name none. Pure.
std::string default_directory(const char* xdg_state_home, const char* home);

/// The directory that the options mean; of the default one the parents are made where they are
/// missing. For options that have one.
std::variant<std::string, refused_start> state_directory(const options&);

/// What the process ends with.
int status_of(journal::trouble_kind) noexcept;

/// Finds the directory, makes it where it may, and opens what is in it; from then on no other
/// server can. Blocks, briefly.
std::variant<state_place, refused_start> open_state(const options&);

}  // namespace admit::config
