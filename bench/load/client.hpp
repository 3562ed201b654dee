// One connection's part of the load, without the socket: batches of acquires and of the releases
// that belong to them go out in turn, and every reply that comes in is checked.
#pragma once

#include "bench/load/reply.hpp"
#include "bench/load/requests.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace admit::bench {

/// How to drive it: send `batch()`, hand what comes in to `received` until `batch_done()`, and
/// again. A batch is `depth` requests of one kind: a release can leave only when its acquire has
/// been answered, so deeper pipelines than one kind at a time there are none.
class client {
public:
    struct rules {
        std::string host;
        std::string pool;
        unsigned depth = 1;
        /// How many leases all clients of the pool can hold together, itself included.
        std::int64_t leases_max = 1;
        /// The server answers constants: tokens and counts mean nothing.
        bool constant = false;
    };

    /// `number` makes the worker's name. The rules outlive the client.
    client(const rules&, unsigned number);

    /// The bytes to send; they change when the batch is done.
    std::string_view batch() const noexcept {
        return acquiring_ ? requests_.acquires() : requests_.releases();
    }

    /// Takes what came in and says how many replies that completed; nothing where one of them is
    /// wrong: `fault` says how, and the client is of no more use.
    std::optional<unsigned> received(std::string_view bytes);
    /// All replies to the batch are there. Asked after `received`.
    bool batch_done() const noexcept { return answered_ == 0 && rest_.empty(); }
    /// Between two batches: all leases were released.
    bool holds_nothing() const noexcept { return acquiring_; }

    const std::string& fault() const noexcept { return fault_; }

private:
    /// Takes the whole replies at the front of `bytes` and leaves the rest in it.
    bool take(std::string_view& bytes, unsigned& count);
    const char* check(const reply&);
    const char* check_acquired(const reply&);
    const char* check_released(const reply&);
    const char* check_pool(const pool_figures&, unsigned own) const;

    const rules& rules_;
    requests requests_;
    bool acquiring_ = true;
    unsigned answered_ = 0;  ///< replies of the batch that are there
    std::uint64_t newest_ = 0;
    std::vector<std::uint64_t> tokens_;  ///< of the leases that are held
    std::string rest_;                   ///< the beginning of a reply
    std::string fault_;
};

}  // namespace admit::bench
