// The replies of one connection: they become ready in any order and leave in the order of their
// requests, as many as are ready in one write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace admit::http {

/// A reply that gives somebody slots: if it cannot be delivered, they must be taken back.
struct grant {
    std::uint64_t call = 0;
    std::uint64_t token = 0;  ///< 0: not a grant
};

class reply_queue {
public:
    /// Takes the next place in line and returns its number.
    std::uint64_t open();
    bool is_last(std::uint64_t serial) const noexcept { return serial + 1 == next_; }
    /// How many replies have not left, because they or others before them are not ready.
    std::size_t in_line() const noexcept { return line_.size(); }

    /// Where to append the reply of `serial`. Valid until `ready` or another `open`.
    std::string& text(std::uint64_t serial);
    /// The reply is complete (it may be empty) and leaves after those before it. Once per `open`.
    void ready(std::uint64_t serial, grant given = {});

    /// Everything that may leave now; stays valid and the same until `wrote` has been told of all
    /// of it. Empty where nothing may.
    std::string_view writable();
    /// The first `size` bytes of `writable` were handed to the kernel.
    void wrote(std::size_t size);

    /// Bytes that may leave and were not written yet.
    std::size_t bytes_leaving() const noexcept { return writing_.size() - done_ + out_.size(); }
    /// Bytes of replies that are held, leaving or not.
    std::size_t bytes_held() const noexcept { return bytes_leaving() + line_bytes_; }
    /// Nothing to write and nobody to wait for.
    bool idle() const noexcept { return line_.empty() && bytes_leaving() == 0; }

    /// Whether a grant was not written completely yet.
    bool owes_grants() const noexcept;
    /// Hands over the grants that were not written completely, and forgets all output.
    std::vector<grant> take_undelivered();

    /// Hands over the grants of which a byte is among the last `unacknowledged_bytes` written.
    std::vector<grant> take_unacknowledged(std::size_t unacknowledged_bytes);
    /// Grants that were written and whose client has said nothing since.
    bool has_unconfirmed() const noexcept;
    /// The client has gone on talking: what was written counts as received.
    void confirm();

    /// Gives back the memory that large replies have left behind, or all of it.
    void shrink(std::size_t bytes_kept);

private:
    struct place {
        std::string text;
        grant given;
        bool ready = false;
    };
    struct delivery {
        std::uint64_t end = 0;  ///< of the reply, in bytes since the connection began
        grant given;
    };

    void leave(grant given);
    std::uint64_t bytes_so_far() const noexcept { return written_ + bytes_leaving(); }

    // Vectors, not deques: short, and an empty one costs a parked connection nothing.
    std::vector<place> line_;  ///< from `first_` on; the head's text goes to `out_` directly
    std::uint64_t first_ = 1;  ///< the oldest that has not left
    std::uint64_t next_ = 1;
    std::size_t line_bytes_ = 0;  ///< of the texts in `line_` that are ready

    std::string out_;       ///< ready, not yet handed to a write
    std::string writing_;   ///< handed to a write
    std::size_t done_ = 0;  ///< of `writing_`
    std::uint64_t written_ = 0;
    std::vector<delivery> deliveries_;  ///< by `end`
};

}  // namespace admit::http
