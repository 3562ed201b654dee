#include "client/cli/pool_settings.hpp"

#include "client/cli/readers.hpp"
#include "proto/limits.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

namespace admit::client {
namespace {

constexpr std::string_view label_prefix = "label.";

struct setting {
    std::string_view key;
    void (*read)(const std::string& key, const std::string& value, pool_change& into);
};

template <class T>
void set_once(const std::string& key, std::optional<T>& member, T value) {
    if (member) throw misuse{key + " is given twice"};
    member = std::move(value);
}

template <std::optional<std::int64_t> pool_change::*Member, std::int64_t Most>
void number(const std::string& key, const std::string& value, pool_change& into) {
    set_once(key, into.*Member, read_number(key, value, 0, Most));
}

template <std::optional<std::int64_t> pool_change::*Member>
void duration(const std::string& key, const std::string& value, pool_change& into) {
    set_once(key, into.*Member, std::int64_t{read_duration(key, value).count()});
}

template <std::optional<std::int64_t> pool_change::*Member>
void lifetime(const std::string& key, const std::string& value, pool_change& into) {
    set_once(key, into.*Member, std::int64_t{read_lifetime(key, value).count()});
}

void mode(const std::string& key, const std::string& value, pool_change& into) {
    const std::optional<pool_mode> read = pool_mode_of(value);
    if (!read) throw misuse{key + ": '" + value + "' is none of open, paused and draining"};
    set_once(key, into.mode, *read);
}

void note(const std::string& key, const std::string& value, pool_change& into) {
    set_once(key, into.note, read_note(key, value));
}

constexpr setting settings[] = {
    {"limit", number<&pool_change::limit, limits::slots_max>},
    {"mode", mode},
    {"note", note},
    {"default_ttl", lifetime<&pool_change::default_ttl_ms>},
    {"max_ttl", lifetime<&pool_change::max_ttl_ms>},
    {"max_waiters", number<&pool_change::max_waiters, limits::waiters_max>},
    {"max_wait", duration<&pool_change::max_wait_ms>},
    {"claim", duration<&pool_change::claim_ms>},
    {"start_within", duration<&pool_change::start_within_ms>},
};

std::string known_keys() {
    std::string out;
    for (const setting& s : settings)
        out += std::string{s.key} + ", ";
    return out + "label.NAME";
}

void read_label_setting(const std::string& key, const std::string& value, settings_wish& into) {
    const std::string name = key.substr(label_prefix.size());
    if (name.empty()) throw misuse{"'" + key + "=': a label has a name, as in label.team=db"};
    for (const auto& [other, ignored] : into.labels)
        if (other == name) throw misuse{key + " is given twice"};
    into.labels.emplace_back(name, value);
}

}  // namespace

void read_setting(const std::string& text, settings_wish& into) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos)
        throw misuse{"'" + text + "' is not of the form key=value, as in limit=4"};
    const std::string key = text.substr(0, equals);
    const std::string value = text.substr(equals + 1);
    if (key.starts_with(label_prefix)) return read_label_setting(key, value, into);
    std::vector<std::string_view> known;
    for (const setting& s : settings) {
        if (s.key == key) return s.read(key, value, into.change);
        known.push_back(s.key);
    }
    const std::string hint = did_you_mean(key, known);
    throw misuse{"a pool has no setting '" + key + "'" +
                 (hint.empty() ? "; there are " + known_keys() : hint)};
}

labels labels_after(labels now, const settings_wish& wish) {
    for (const auto& [key, value] : wish.labels) {
        const auto place =
            std::lower_bound(now.begin(), now.end(), key,
                             [](const auto& a, const std::string& b) { return a.first < b; });
        const bool there = place != now.end() && place->first == key;
        if (there && value.empty())
            now.erase(place);
        else if (there)
            place->second = value;
        else if (!value.empty())
            now.insert(place, {key, value});
    }
    return now;
}

}  // namespace admit::client
