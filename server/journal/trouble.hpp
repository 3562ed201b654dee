// Why a journal cannot be used, for people and for what the process does about it.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace admit::journal {

enum class trouble_kind : std::uint8_t {
    damaged,   ///< what it holds is not what was written, or not all of it
    newer,     ///< a later version of this program wrote it
    unusable,  ///< not a journal, not writable, somebody else's: the operator has to change that
    locked,    ///< another server has it
    failed,    ///< the operating system refused what it should not
};

/// The kind, and in words the file and the cause.
struct trouble {
    trouble_kind kind = trouble_kind::failed;
    std::string what;
};

/// Trouble that ends a replay.
class refusal : public std::runtime_error {
public:
    explicit refusal(trouble t) : std::runtime_error(t.what), kind(t.kind) {}

    const trouble_kind kind;
};

}  // namespace admit::journal
