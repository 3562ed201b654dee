// HTTP/1.1 on one connection, without the socket: bytes come in, requests come out one at a time,
// replies leave in order. Instants are arguments.
#pragma once

#include "server/http/framing.hpp"
#include "server/http/input_buffer.hpp"
#include "server/http/message.hpp"
#include "server/http/reply_queue.hpp"
#include "server/http/request.hpp"
#include "server/http/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace admit::http {

/// How to drive it (one thread):
///   A. `commit` what was read into `prepare`; then ask `next` for requests until it has none.
///   B. Each request is answered exactly once: append the reply to `reply(serial)`, with
///      `Connection: close` if `closes(serial)`, and call `replied`. In any order, at any time.
///   C. Write what `output` shows and tell `wrote`, until there is nothing.
///   D. When `ended`, nothing more comes in or out: end the connection.
///   E. `overdue` says at any time what to do about a deadline that has passed.
class connection {
public:
    /// How large a request's body may be, by where it goes. Pure.
    using body_limit = std::size_t (*)(method, std::string_view target);

    connection(body_limit, instant now);

    // --- A. In. -------------------------------------------------------------------------------

    /// Where the next bytes may go; empty when as much was read ahead as may be.
    std::span<char> prepare() { return input_.prepare(); }
    void commit(std::size_t size, instant now);

    /// The next request that is there as a whole; none when more bytes are needed, when the output
    /// has to be taken first, or when no further request will be heard. Its reply may come later;
    /// until the next request may be decided, do not ask.
    const request* next(instant now);

    bool input_empty() const noexcept { return input_.empty(); }
    /// Gives the empty read buffer back, and what else a request has left behind.
    void release_input() noexcept;
    bool holds_input_memory() const noexcept { return input_.holds_memory(); }
    /// No further request will be heard: what is there of them is dropped.
    void end_input() noexcept { hearing_ = false; }
    /// Throws away what was read. After the end.
    void discard_input() noexcept { input_.consume(input_.bytes().size()); }

    // --- B. Replies. --------------------------------------------------------------------------

    /// Where to append the reply. Until `replied`, call nothing else.
    std::string& reply(std::uint64_t serial) { return replies_.text(serial); }
    /// Whether this reply is to say `Connection: close`. Ask when it is made.
    bool closes(std::uint64_t serial) const noexcept;
    /// The reply is complete; `given` where it gives somebody slots.
    void replied(std::uint64_t serial, instant now, grant given = {});

    /// From now on every reply that can be the last one is.
    void drain() noexcept { draining_ = true; }

    // --- C. Out. ------------------------------------------------------------------------------

    /// All that may leave now; stays the same until `wrote` was told of all of it.
    std::string_view output(instant now);
    void wrote(std::size_t size, instant now);
    reply_queue& replies() noexcept { return replies_; }

    // --- D. The end. --------------------------------------------------------------------------

    /// All replies were written and no request will be heard any more.
    bool ended() const noexcept { return !hearing_ && replies_.idle(); }
    /// Whether the client may have more to say: then it must be listened to for a while, or it
    /// would not get to read its last reply.
    bool must_linger() const noexcept { return refused_ || !input_.empty(); }

    /// No request is in work, none has begun, and everything was written.
    bool idle() const noexcept { return replies_.idle() && !work_.began && input_.empty(); }

    // --- E. Deadlines. ------------------------------------------------------------------------

    enum class verdict : std::uint8_t {
        fine,
        refused,  ///< a request came too slowly: `next` has its refusal
        close,    ///< idle for too long, or it does not take its replies
    };
    verdict overdue(instant now);
    /// When `overdue` will have something to say; none while a call waits.
    std::optional<instant> deadline() const;
    /// The last sign of life in either direction.
    instant last_activity() const noexcept { return last_activity_; }

private:
    const request* read_header(instant now);
    const request* read_body(instant now);
    const request* hand_out(std::string_view body, std::size_t size);
    const request* refuse(admit::problem why);
    const request* wait_for_more(instant until);
    bool skip_empty_line();
    void invite_body();

    body_limit body_limit_;
    input_buffer input_;
    reply_queue replies_;

    // The message in work; its header stays at the front of `input_`.
    struct in_work {
        header_scan scan;
        http::message message;
        std::size_t header_size = 0;  ///< 0: the header is not there as a whole
        bool began = false;
        bool empty_line_skipped = false;
        bool invited = false;                 ///< 100 was sent
        std::optional<admit::problem> wrong;  ///< its answer once the body was read
    };
    in_work work_;
    request request_;   ///< the one handed out last
    std::string body_;  ///< of `request_`, where it did not come in one piece

    bool hearing_ = true;   ///< further requests are taken
    bool refused_ = false;  ///< the end of a request could not be known
    bool late_ = false;     ///< the message in work took too long
    bool draining_ = false;
    std::uint64_t last_heard_ = 0;  ///< the request after which no other is heard
    std::optional<instant> message_deadline_;
    std::optional<instant> write_deadline_;
    instant last_activity_;
};

}  // namespace admit::http
