#include "client/async/connection.hpp"

#include "client/async/boot_timer.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <charconv>
#include <utility>
#include <vector>

namespace admit::client {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

std::string wire_text(const http_request& request, const server_address& server) {
    std::string out = request.method + " " + request.target +
                      " HTTP/1.1\r\nHost: " + authority(server) +
                      "\r\nUser-Agent: admit\r\nAccept: application/json\r\n";
    if (!request.body.empty()) out += "Content-Type: application/json\r\n";
    if (!request.body.empty() || request.method != "GET")
        out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return out + "\r\n" + request.body;
}

/// A vanished server is noticed within a minute, and the command that `run` starts does not inherit
/// the connection: while it did, the server would not see us go.
void prepare(tcp::socket& socket) {
    const int fd = socket.native_handle();
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    const auto set = [fd](int level, int option, int value) {
        ::setsockopt(fd, level, option, &value, sizeof value);
    };
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set(IPPROTO_TCP, TCP_KEEPCNT, 3);
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
}

bool is_end_of_connection(const error_code& ec) {
    return ec.category() != make_error_code(http::error::end_of_stream).category() ||
           ec == http::error::end_of_stream || ec == http::error::partial_message;
}

std::int64_t retry_after_ms(std::string_view field) {
    std::int64_t seconds = 0;
    const auto read = std::from_chars(field.data(), field.data() + field.size(), seconds);
    return read.ec == std::errc{} && seconds > 0 && seconds <= 86'400 ? seconds * 1000 : 0;
}

}  // namespace

struct connection::state : std::enable_shared_from_this<connection::state> {
    state(const asio::any_io_executor& executor, server_address address)
        : server(std::move(address)),
          socket(executor),
          resolver(executor),
          resolving(executor),
          watchdog(executor) {}

    /// What came of sending on the connection as it is.
    struct attempt {
        result<http_response> answer;
        bool untouched = false;  ///< it ended before a byte of an answer came
    };

    asio::awaitable<attempt> send_and_read(std::string wire);
    asio::awaitable<std::string> connect(instant connect_by);
    asio::awaitable<error_code> resolve();
    void watch(instant until);
    void wait_for(instant until, std::uint64_t watch_number);
    void end_watch();
    void close();

    server_address server;
    tcp::socket socket;
    tcp::resolver resolver;
    asio::steady_timer resolving;  ///< never fires; its cancellation ends the wait for a name
    boot_timer watchdog;
    boost::beast::flat_buffer buffer{64 * 1024};
    std::vector<tcp::endpoint> endpoints;
    error_code resolve_error;
    std::uint64_t watches = 0;  ///< tells the watchdog's newest wait from those that are over
    bool timed_out = false;
    bool aborted = false;
    bool in_use = false;  ///< an exchange is under way
};

connection::connection(const asio::any_io_executor& executor, server_address address)
    : state_(std::make_shared<state>(executor, std::move(address))) {}

connection::~connection() {
    state_->end_watch();
    state_->close();
}

void connection::abort() {
    if (!state_->in_use) return;
    state_->aborted = true;
    state_->close();
}

bool connection::is_open() const noexcept { return state_->socket.is_open(); }

asio::awaitable<result<http_response>> connection::exchange(http_request request,
                                                            span connect_within,
                                                            instant answer_by) {
    state& s = *state_;
    s.timed_out = false;
    s.aborted = false;
    s.in_use = true;
    const std::string wire = wire_text(request, s.server);
    // The second round is for a connection that the server closed while nobody used it.
    bool resent = false;
    for (bool reused = s.socket.is_open();; reused = false) {
        if (!reused) {
            const instant connect_by = std::min(boot_now() + connect_within, answer_by);
            const std::string trouble = co_await s.connect(connect_by);
            if (!trouble.empty()) {
                s.end_watch();
                s.close();
                s.in_use = false;
                // On the kept connection the server may have read it.
                co_return failure{resent ? cause::lost : cause::unreachable, {}, trouble};
            }
        }
        s.watch(answer_by);
        state::attempt did = co_await s.send_and_read(wire);
        s.end_watch();
        if (!did.answer) s.close();
        if (reused && did.untouched && !s.timed_out && !s.aborted) {
            resent = true;
            continue;
        }
        s.in_use = false;
        if (did.answer) did.answer->resent = resent;
        co_return std::move(did.answer);
    }
}

asio::awaitable<connection::state::attempt> connection::state::send_and_read(std::string wire) {
    error_code ec;
    co_await asio::async_write(socket, asio::buffer(wire),
                               asio::redirect_error(asio::use_awaitable, ec));
    http::response_parser<http::string_body> parser;
    parser.header_limit(header_bytes_max);
    parser.body_limit(body_bytes_max);
    if (!ec)
        co_await http::async_read(socket, buffer, parser,
                                  asio::redirect_error(asio::use_awaitable, ec));
    if (ec) {
        attempt out;
        out.untouched = is_end_of_connection(ec) && !parser.got_some();
        const std::string to = " to " + url(server);
        if (timed_out)
            out.answer = failure{cause::lost, {}, url(server) + " did not answer in time"};
        else if (aborted || is_end_of_connection(ec))
            out.answer =
                failure{cause::lost, {}, "the connection" + to + " broke: " + ec.message()};
        else
            out.answer =
                failure{cause::garbled, {}, url(server) + " is no Admit server: " + ec.message()};
        co_return out;
    }

    http_response answer;
    answer.status = static_cast<int>(parser.get().result_int());
    answer.retry_after_ms = retry_after_ms({parser.get()[http::field::retry_after].data(),
                                            parser.get()[http::field::retry_after].size()});
    // Bytes that nobody asked for would be taken for the next answer.
    const bool reusable = parser.keep_alive() && !parser.need_eof() && buffer.size() == 0;
    answer.body = std::move(parser.get().body());
    if (!reusable) close();
    co_return attempt{std::move(answer), false};
}

/// Empty when connected, else what is in the way.
asio::awaitable<std::string> connection::state::connect(instant connect_by) {
    watch(connect_by);
    error_code ec = co_await resolve();
    if (!ec) ec = asio::error::host_not_found;
    for (std::size_t i = 0; i < endpoints.size() && !timed_out && !aborted; ++i) {
        const tcp::endpoint to = endpoints[i];
        close();
        socket.open(to.protocol(), ec);
        if (ec) continue;
        prepare(socket);
        co_await socket.async_connect(to, asio::redirect_error(asio::use_awaitable, ec));
        if (!ec && !timed_out && !aborted) co_return std::string{};
    }
    // Names may have moved by the next attempt.
    endpoints.clear();
    const std::string why = timed_out ? "no connection in time"
                            : aborted ? "broken off"
                                      : ec.message();
    co_return "cannot reach " + url(server) + ": " + why;
}

asio::awaitable<error_code> connection::state::resolve() {
    if (!endpoints.empty()) co_return error_code{};
    error_code ec;
    const asio::ip::address numeric = asio::ip::make_address(server.host, ec);
    if (!ec) {
        endpoints.emplace_back(numeric, server.port);
        co_return error_code{};
    }
    // A lookup cannot be interrupted, so it goes on alone when the time for it is over.
    resolve_error = asio::error::host_not_found;
    resolving.expires_at(asio::steady_timer::time_point::max());
    resolver.async_resolve(server.host, std::to_string(server.port),
                           [weak = weak_from_this()](const error_code& failed,
                                                     const tcp::resolver::results_type& all) {
                               const auto self = weak.lock();
                               if (!self) return;
                               self->resolve_error = failed;
                               self->endpoints.clear();
                               for (const auto& entry : all)
                                   self->endpoints.push_back(entry.endpoint());
                               self->resolving.cancel();
                           });
    co_await resolving.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    co_return resolve_error;
}

void connection::state::watch(instant until) {
    end_watch();
    watchdog.expires_at(until);
    wait_for(until, watches);
}

void connection::state::wait_for(instant until, std::uint64_t watch_number) {
    watchdog.async_wait([weak = weak_from_this(), until, watch_number](const error_code& ec) {
        const auto self = weak.lock();
        if (!self || ec || self->watches != watch_number) return;
        if (boot_now() < until) return self->wait_for(until, watch_number);
        self->timed_out = true;
        self->close();
    });
}

void connection::state::end_watch() {
    ++watches;
    watchdog.cancel();
}

void connection::state::close() {
    error_code ignored;
    socket.close(ignored);
    resolver.cancel();
    resolving.cancel();
    buffer.clear();
}

}  // namespace admit::client
