// A backup on its way to a client: what the session has to remember of it.
#pragma once

#include "server/engine/engine.hpp"
#include "server/http/request.hpp"
#include "server/http/time.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace admit::http {

struct download {
    std::uint64_t serial = 0;  ///< of its request
    std::size_t row = 0;
    method asked = method::get;
    instant began{};

    engine::backup_claim claim;           ///< while it is made
    bool decided = false;                 ///< it is made, or never will be
    std::optional<admit::problem> wrong;  ///< why there is none
    std::shared_ptr<const journal::backup_file> file;

    instant sending_since{};
    bool head_sent = false;
    std::size_t head_bytes = 0;
    std::uint64_t sent = 0;  ///< bytes of the file that were handed to the connection

    /// Whether its client takes so little that it may not go on.
    bool is_too_slow(instant now) const noexcept;
};

}  // namespace admit::http
