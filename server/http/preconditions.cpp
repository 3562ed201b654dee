// Header fields that steer a command, and what their texts mean.
#include "server/http/parameters.hpp"

#include <algorithm>
#include <charconv>

namespace admit::http {
namespace {

/// Takes the next entity-tag and what separates it from the one after. The opaque part, or nothing
/// where the list is malformed; `weak` where it has the mark.
std::optional<std::string_view> next_tag(std::string_view& list, bool& weak) {
    weak = list.starts_with("W/");
    if (weak) list.remove_prefix(2);
    if (!list.starts_with('"')) return std::nullopt;
    const std::size_t end = list.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view opaque = list.substr(1, end - 1);
    list.remove_prefix(end + 1);

    const auto skip_blanks = [&] {
        list.remove_prefix(std::min(list.find_first_not_of(" \t"), list.size()));
    };
    skip_blanks();
    if (list.empty()) return opaque;
    if (list.front() != ',') return std::nullopt;
    list.remove_prefix(1);
    skip_blanks();
    if (list.empty()) return std::nullopt;
    return opaque;
}

/// The version that a strong entity-tag of ours stands for; 0, which no pool has, for any other.
std::uint64_t version_of(std::string_view opaque, bool weak) {
    std::uint64_t version = 0;
    const auto [end, error] =
        std::from_chars(opaque.data(), opaque.data() + opaque.size(), version);
    const bool ours = error == std::errc() && end == opaque.data() + opaque.size() &&
                      opaque.front() != '0' && !weak;
    return ours ? version : 0;
}

}  // namespace

wrong read_preconditions(const parameters& in, core::precondition& out) {
    if (in.from.if_none_match) {
        if (*in.from.if_none_match != "*")
            return bad_request("only * is understood here: create it or fail", "If-None-Match");
        out.must_not_exist = true;
    }
    if (!in.from.if_match) return std::nullopt;
    std::string_view list = *in.from.if_match;
    if (list == "*") {
        out.must_exist = true;
        return std::nullopt;
    }
    do {
        bool weak = false;
        const std::optional<std::string_view> opaque = next_tag(list, weak);
        if (!opaque)
            return bad_request("must be * or the ETag of a pool, such as \"7\" with its quotes",
                               "If-Match");
        out.versions.push_back(version_of(*opaque, weak));
    } while (!list.empty());
    return std::nullopt;
}

wrong read_idempotency_key(const parameters& in, std::string& out) {
    if (!in.from.idempotency_key) return std::nullopt;
    std::string_view text = *in.from.idempotency_key;
    const auto refuse = [] {
        return bad_request("must be 1 to 128 bytes without control characters, bare or quoted",
                           name(field::idempotency_key));
    };
    if (!text.starts_with('"')) {
        out = text;
    } else {
        // sf-string of RFC 8941: a backslash stands before a quote or a backslash only.
        if (text.size() < 2 || text.back() != '"') return refuse();
        text = text.substr(1, text.size() - 2);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '"') return refuse();
            if (text[i] == '\\' && (++i == text.size() || (text[i] != '"' && text[i] != '\\')))
                return refuse();
            out += text[i];
        }
    }
    if (!is_name(out)) return refuse();
    return std::nullopt;
}

}  // namespace admit::http
