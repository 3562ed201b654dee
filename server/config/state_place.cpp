#include "server/config/state_place.hpp"

#include "server/config/handle_key.hpp"
#include "server/config/process.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include <sys/stat.h>

namespace admit::config {
namespace {

state_place in_memory() {
    auto opened = journal::open("memory");
    state_place out;
    out.journal = std::move(std::get<std::unique_ptr<journal::journal>>(opened));
    out.core = ephemeral_settings();
    out.key = http::fresh_key();
    return out;
}

/// The default directory lies where a user's programs keep their state, which may be the first to
/// do so. What fails here is said when the directory itself cannot be made.
void make_parents(const std::string& directory) {
    const std::filesystem::path wanted = std::filesystem::path(directory).parent_path();
    std::filesystem::path made;
    for (const auto& part : wanted) {
        made /= part;
        ::mkdir(made.c_str(), 0700);
    }
}

}  // namespace

std::string default_directory(const char* xdg_state_home, const char* home) {
    // What is not absolute does not count (XDG Base Directory Specification).
    if (xdg_state_home != nullptr && xdg_state_home[0] == '/')
        return std::string(xdg_state_home) + "/admit";
    if (home != nullptr && home[0] == '/') return std::string(home) + "/.local/state/admit";
    return {};
}

std::variant<std::string, refused_start> state_directory(const options& o) {
    if (!o.data.empty()) return o.data;
    std::string directory = default_directory(std::getenv("XDG_STATE_HOME"), std::getenv("HOME"));
    if (directory.empty())
        return refused_start{status::bad_config,
                             "there is no directory for the state, as HOME is not set: name one "
                             "with --data DIR, or say --ephemeral"};
    make_parents(directory);
    return directory;
}

int status_of(journal::trouble_kind kind) noexcept {
    switch (kind) {
        case journal::trouble_kind::damaged:
        case journal::trouble_kind::newer:
        case journal::trouble_kind::unusable:
            return status::bad_config;
        case journal::trouble_kind::locked:
            return status::locked;
        case journal::trouble_kind::failed:
            break;
    }
    return status::internal;
}

std::variant<state_place, refused_start> open_state(const options& o) {
    if (o.ephemeral) return in_memory();
    state_place out;
    out.core = core_settings();
    out.new_token = first_token();
    auto place = state_directory(o);
    if (auto* const why = std::get_if<refused_start>(&place)) return std::move(*why);
    out.directory = std::move(std::get<std::string>(place));
    journal::options how;
    how.survives = o.durability;
    how.accept_data_loss = o.accept_data_loss;
    how.state = out.core;
    how.min_free_bytes = o.min_free_bytes;
    auto opened = journal::open("sqlite:" + out.directory, how);
    if (auto* const why = std::get_if<journal::trouble>(&opened))
        return refused_start{status_of(why->kind), std::move(why->what)};
    out.journal = std::move(std::get<std::unique_ptr<journal::journal>>(opened));
    out.on = file_system_at(out.directory);
    if (out.on == file_system::network && o.durability == journal::durability::strict)
        return refused_start{
            status::bad_config,
            out.directory + " is on another machine's disk, where a sync and a lock may be lost "
                            "without a word: name a directory of this machine with --data DIR, or "
                            "live with that and say --durability relaxed"};
    auto key = read_handle_key(out.directory);
    if (auto* const wrong = std::get_if<error>(&key))
        return refused_start{status::bad_config, std::move(wrong->text)};
    const auto& found = std::get<std::optional<http::secret_key>>(key);
    forget_new_handle_key(out.directory);  // that of a restore which was ended behind its end
    out.key_is_new = !found;
    out.key = found ? *found : http::fresh_key();
    return out;
}

}  // namespace admit::config
