#include "server/config/commands.hpp"
#include "server/config/facts_text.hpp"
#include "server/config/handle_key.hpp"
#include "server/config/process.hpp"
#include "server/config/state_place.hpp"
#include "server/journal/restore.hpp"

#include <sys/stat.h>

#include <random>
#include <utility>

namespace admit::config {
namespace {

/// Makes a key where there is none; whether it is new. Throws where that cannot be.
bool settle_key(const std::string& directory) {
    const auto settled = settle_handle_key(directory);
    if (const auto* const wrong = std::get_if<error>(&settled))
        throw journal::refusal({journal::trouble_kind::failed, wrong->text});
    return std::get<bool>(settled);
}

std::string told(const std::string& directory, const options& o, const journal::restored& made,
                 bool key_is_new) {
    std::string text =
        directory + ": restored from " + o.file + ", up to " + text_of(made.from) + ".\n";
    text += "Tokens go on from " + std::to_string(made.next_token) +
            ", above all that the backup knows of";
    text += o.token_above > 0 ? " and above " + std::to_string(o.token_above) + ".\n" : ".\n";
    text +=
        "What happened after the backup is not known. So that nobody is admitted beside a "
        "lease of then, the server\nadmits nobody for " +
        std::to_string(made.quarantine_ms) +
        " ms when it starts, as long as any lease may live that the backup knows of;\n"
        "--longest-ttl-ms says so where others may live longer.\n";
    text +=
        key_is_new
            ? "There was no handle.key, and a backup has none: a new one was made. Handles that "
              "were given before no longer work;\ntheir holders can neither renew nor release, "
              "and their leases end by their TTL. Where the old file still is, put it in\n"
              "place before the server starts."
            : "A handle.key was there and stays. Nothing tells whether it is the backup's: handles "
              "that were given before work on\nif they were made with it.";
    return text;
}

}  // namespace

early_end restore(const options& o) {
    auto place = state_directory(o);
    if (auto* const why = std::get_if<refused_start>(&place))
        return {why->status, std::move(why->text)};
    const std::string& directory = std::get<std::string>(place);
    // Before anything is done: a key that is there has to be one.
    struct stat is {};
    if (::stat(directory.c_str(), &is) == 0) {
        const auto key = read_handle_key(directory);
        if (const auto* const wrong = std::get_if<error>(&key))
            return {status::bad_config, wrong->text};
    }
    bool key_is_new = false;
    journal::restore_options how;
    how.state = core_settings();
    how.token_above = o.token_above;
    how.new_token = first_token();
    how.random = std::random_device{}();
    how.longest_ttl_ms = o.longest_ttl_ms;
    how.prepare = [&] { key_is_new = settle_key(directory); };
    const auto made = journal::restore(o.file, directory, how);
    if (const auto* const why = std::get_if<journal::trouble>(&made))
        return {status_of(why->kind), why->what};
    forget_new_handle_key(directory);
    return {status::ok, told(directory, o, std::get<journal::restored>(made), key_is_new)};
}

}  // namespace admit::config
