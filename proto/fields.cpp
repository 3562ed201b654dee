#include "proto/fields.hpp"

#include "proto/near_miss.hpp"

#include <algorithm>

namespace admit::fields {

bool faults::refuse_saying(std::string_view name, std::string detail) {
    wrong.field = prefix;
    wrong.field += name;
    wrong.detail = std::move(detail);
    return false;
}

bool faults::refuse(std::string_view name, std::string_view what) {
    std::string detail = "'" + prefix;
    detail += name;
    detail += "' ";
    detail += what;
    return refuse_saying(name, std::move(detail));
}

bool read_integer(const json::value& from, std::int64_t min, std::int64_t max, std::int64_t& out,
                  faults& wrong) {
    const bool good =
        from.is(json::kind::integer) && from.integer() >= min && from.integer() <= max;
    if (!good) {
        return wrong.refuse(from.key(), "must be an integer from " + std::to_string(min) + " to " +
                                            std::to_string(max));
    }
    out = from.integer();
    return true;
}

bool read_boolean(const json::value& from, bool& out, faults& wrong) {
    if (!from.is(json::kind::boolean)) { return wrong.refuse(from.key(), "must be true or false"); }
    out = from.boolean();
    return true;
}

bool read_string(const json::value& from, std::string& out, faults& wrong) {
    if (!from.is(json::kind::string)) { return wrong.refuse(from.key(), "must be a string"); }
    out = from.text();
    return true;
}

bool read_name(const json::value& from, std::string& out, faults& wrong) {
    if (!from.is(json::kind::string) || !is_name(from.text())) {
        return wrong.refuse(from.key(),
                            "must be a string of 1 to 128 bytes without control "
                            "characters or line separators");
    }
    out = from.text();
    return true;
}

bool read_pool_name(const json::value& from, std::string& out, faults& wrong) {
    if (!from.is(json::kind::string) || !is_pool_name(from.text())) {
        return wrong.refuse(from.key(),
                            "must be a pool's name: 1 to 128 of A-Z a-z 0-9 . _ -, "
                            "beginning with a letter or digit");
    }
    out = from.text();
    return true;
}

bool read_note(const json::value& from, std::string& out, faults& wrong) {
    if (!from.is(json::kind::string) || from.text().size() > limits::note_bytes_max ||
        !is_clean_text(from.text())) {
        return wrong.refuse(from.key(),
                            "must be a string of at most 256 bytes without control "
                            "characters or line separators");
    }
    out = from.text();
    return true;
}

bool read_labels(const json::value& from, labels& out, faults& wrong) {
    if (!from.is(json::kind::object) || from.size() > limits::labels_max) {
        return wrong.refuse(from.key(), "must be an object of at most 16 strings");
    }
    const std::string name = std::string(from.key()) + '.';
    for (const json::value& label : from) {
        const std::string_view key = label.key();
        if (key.empty() || key.size() > limits::label_key_bytes_max || !is_clean_text(key)) {
            return wrong.refuse(name + json::excerpt(key),
                                "is no label: names have 1 to 64 bytes without control characters "
                                "or line separators");
        }
        if (!label.is(json::kind::string) || label.text().size() > limits::label_value_bytes_max ||
            !is_clean_text(label.text())) {
            return wrong.refuse(name + json::excerpt(key),
                                "must be a string of at most 256 bytes without control characters "
                                "or line separators");
        }
        out.emplace_back(key, label.text());
    }
    std::sort(out.begin(), out.end());
    return true;
}

bool read_any_labels(const json::value& from, labels& out, faults& wrong) {
    if (!from.is(json::kind::object)) { return wrong.refuse(from.key(), "must be an object"); }
    for (const json::value& label : from) {
        if (label.is(json::kind::string)) { out.emplace_back(label.key(), label.text()); }
    }
    std::sort(out.begin(), out.end());
    return true;
}

bool refuse_unknown(std::string_view name, const std::vector<std::string_view>& known,
                    std::span<const std::string_view> later, faults& wrong) {
    if (std::find(later.begin(), later.end(), name) != later.end()) {
        return wrong.refuse(name, "is not offered by this version yet");
    }
    const std::string shown = json::excerpt(name);
    std::string detail = "unknown field '" + wrong.prefix + shown + "'";
    const std::string_view meant = near_miss(name, known);
    if (!meant.empty()) {
        detail += "; did you mean '";
        detail += meant;
        detail += "'?";
    }
    return wrong.refuse_saying(shown, std::move(detail));
}

std::optional<json::value> parse_object(std::string_view text, const json::rules& allowed,
                                        faults& wrong) {
    static thread_local json::document document;
    if (std::optional<json::error> error = document.parse(text, allowed)) {
        wrong.wrong.field = std::move(error->field);
        wrong.wrong.detail =
            "cannot read the JSON at byte " + std::to_string(error->offset) + ": " + error->text;
        return std::nullopt;
    }
    if (!document.root().is(json::kind::object)) {
        wrong.wrong.detail = "the JSON must be an object";
        return std::nullopt;
    }
    return document.root();
}

}  // namespace admit::fields
