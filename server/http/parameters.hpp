// The parts of a request that a row of the route table reads: what its path captured, its query,
// its fields. Each reader returns what is wrong, with the name of the culprit.
#pragma once

#include "server/http/route.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace admit::http {

using wrong = std::optional<admit::problem>;

admit::problem bad_request(std::string detail, std::string_view field = {});

struct parameters {
    const request& from;
    const edge& at;
    /// The path's `{…}`, in their order, as the target has them.
    std::array<std::string_view, 2> captured;
    /// Decoded; each name once and known to the row.
    std::vector<std::pair<std::string, std::string>> query;

    const std::string* find(std::string_view name) const noexcept;
};

/// Whether a path fits a row's, and what its `{…}` stand for.
bool fits(std::string_view pattern, std::string_view path,
          std::array<std::string_view, 2>& captured) noexcept;

/// Reads `text` ("a=1&b=2") into `in.query`; only names in `known` are taken.
wrong read_query(std::string_view text, std::string_view known, parameters& in);

/// The path's `{…}` at `place`, percent-decoded once and validated.
wrong read_pool(const parameters&, std::size_t place, std::string& out);
wrong read_worker(const parameters&, std::size_t place, std::string& out);
wrong read_number(const parameters&, std::size_t place, std::string_view name, std::uint64_t& out);

/// Query parameters; one that is absent leaves `out` as it is.
wrong read_limit(const parameters&, std::int64_t& out);
wrong read_number(const parameters&, std::string_view name, std::uint64_t& out);
wrong read_pool(const parameters&, std::string_view name, std::string& out);
wrong read_flag(const parameters&, std::string_view name, bool& out);

/// `If-Match` and `If-None-Match`.
wrong read_preconditions(const parameters&, core::precondition& out);

/// `Idempotency-Key`, bare or a quoted structured string, as the text that it means.
wrong read_idempotency_key(const parameters&, std::string& out);

}  // namespace admit::http
