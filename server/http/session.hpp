// One client's connection: moves bytes between its socket and a `connection`, and requests and
// answers between that and the engine.
#pragma once

#include "server/engine/engine.hpp"
#include "server/http/connection.hpp"
#include "server/http/download.hpp"
#include "server/http/respond.hpp"
#include "server/http/service.hpp"
#include "server/http/socket.hpp"

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace admit::http {

class session_list;

/// Belongs to a `session_list` and lives on its loop. It goes when its socket is closed, no
/// operation on it is under way, each of its calls was answered, and it is not ready; the handlers
/// can therefore do with a plain pointer. Whatever may remove it, is the last thing that a function
/// does.
///
/// A grant that its client cannot have got is given back, exactly once:
///  - one that is answered when the client is known to have gone;
///  - one of which not every byte was handed to the kernel when the connection ended;
///  - one whose bytes reached a client that had closed its socket before: its end came first, then
///  a
///    reset for bytes that were never acknowledged.
/// One that was acknowledged, or may still be, stays: taking back what somebody may believe to have
/// would admit one too many.
class session final : public engine::caller {
public:
    session(socket_type, session_list& owner, instant now);
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    void start() { listen(); }
    /// Once a second: deadlines, and memory that an idle connection does not need.
    void sweep(instant now);
    /// The server ends: requests in work are answered, then the connection is closed.
    void drain();
    /// Ends the connection at once.
    void abort();

    void answered(core::call_id, admit::answer&&) noexcept override;

    // What a handler has made possible is done in three steps, which the list calls for all
    // sessions that are ready, step by step.

    /// Decides the requests that are there.
    void serve(instant now);
    /// Writes what may leave, and begins to end the connection after the last of it.
    void flush();
    /// Reads on. The last step: it may remove the session.
    void listen();

    // What the list knows of it, and nobody else changes.
    std::size_t place = 0;
    bool ready = false;  ///< its steps are to come; until the last one it stays

private:
    enum class stage : std::uint8_t {
        serving,
        ended,      ///< the client has gone, but what was decided before may still be written
        settling,   ///< waits to learn whether a grant arrived
        lingering,  ///< everything was said; reads so that the client can read, too
        closed,
    };
    enum class reading : std::uint8_t { nothing, bytes, readiness };

    /// A request on its way to its answer.
    struct call {
        core::call_id id = 0;
        std::uint64_t serial = 0;
        std::size_t row = routed::no_row;
        method asked = method::other;
        bool decided = false;
        instant began{};
    };

    // session_backup.cpp: the one reply that is longer than its buffer
    void begin_backup(const call&);
    void backup_ready(const engine::backup_answer&);
    void feed();
    void end_download(int status, std::size_t bytes);
    admit::problem logged(admit::problem);

    // session.cpp: what is next, and how it ends
    void end_if_done();
    void end_input_if_idle();
    void linger_or_close();
    void settle();
    void peer_ended();
    void break_off();
    void close();
    void give_back(const std::vector<grant>&);
    void give_back_unread();
    void abandon_calls();

    // session_io.cpp: bytes
    bool send();
    void written(const boost::system::error_code&, std::size_t size);
    void on_written(const boost::system::error_code&, std::size_t size);
    void receive();
    void on_read(const boost::system::error_code&, std::size_t size);
    void on_ready(const boost::system::error_code&);
    void on_discarded(std::size_t size);

    // session_calls.cpp: requests and answers
    void decide_requests();
    void decide(const request&);
    void submit(call, const core::command&);
    void answer(const call&, const admit::answer&);
    template <class Write>
    void reply(const call&, std::string_view path, grant given, const Write& write);
    void tell(const call&, std::string_view path, int status, std::size_t bytes);

    socket_type socket_;
    session_list& owner_;
    connection connection_;
    std::vector<call> calls_;  ///< submitted and not answered, in the order of their requests
    std::unique_ptr<download> download_;  ///< the newest request's; nothing behind it is decided

    instant now_;    ///< when the handler that runs began; the clock is asked once for each
    instant since_;  ///< when the one began that made it ready: what it decides counts from then
    stage stage_ = stage::serving;
    reading reading_ = reading::nothing;
    bool writing_ = false;
    bool waiting_ = false;    ///< the newest call stands in a line: nothing behind it is decided
    bool readable_ = false;   ///< the socket has something, or its end
    bool quiet_ = false;      ///< idle for so long that it does without a read buffer
    bool draining_ = false;   ///< to be closed as soon as nothing is in work
    bool shut_down_ = false;  ///< our sending side is closed
    std::optional<instant> full_since_;  ///< no more is read: as much as may be was read ahead
    std::size_t discarded_ = 0;
    std::size_t unread_bytes_ = 0;  ///< written to a client that had died before it read them
    instant end_by_{};              ///< of lingering and settling
};

}  // namespace admit::http
