// The bodies of the journal: batches of frames, and parts of snapshots. Pure: bytes and values.
//
//   batch  = version frames-count frame…        frame = clock digest records-count record…
//   part   = version image…                      record, image = size tag field…
//
// A tag never changes its meaning. Later versions append fields, which keep their initial values
// where an older version wrote none; whoever meets a later version than its own refuses it.
#pragma once

#include "server/core/image.hpp"
#include "server/journal/journal.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace admit::journal {

/// The version that is written, and the highest that is read.
inline constexpr std::uint8_t body_version = 1;

enum class readable {
    yes,
    damaged,  ///< it is no body, or has been altered
    newer,    ///< a later version of this program wrote it
};

/// Appends a batch to `out`. Its records are durable ones.
void encode(std::span<const frame> batch, std::string& out);
/// Hands over the frames of a batch, one at a time, until something cannot be read.
readable decode(std::string_view body, const std::function<void(const frame&)>& visit);

/// Appends images to a part. An empty one becomes the beginning of one.
void encode(const core::image&, std::string& part);
/// Hands over the images of a part, until something cannot be read.
readable decode(std::string_view part, const std::function<void(const core::image&)>& visit);

}  // namespace admit::journal
