// Column b: Boost.Beast as its examples use it (example/http/server/async): async_read of a whole
// message, a response made for each request, async_write, a new deadline for each operation. One
// thread, and the same codec and core as admitd.
#include "bench/desk.hpp"
#include "server/http/respond.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/version.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using admit::bench::desk;
using asio::ip::tcp;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

class session final : public admit::bench::asker, public std::enable_shared_from_this<session> {
public:
    session(tcp::socket&& socket, desk& d) : stream_(std::move(socket)), desk_(d) {}

    void read() {
        request_ = {};
        stream_.expires_after(std::chrono::seconds(30));
        beast::http::async_read(stream_, buffer_, request_,
                                beast::bind_front_handler(&session::on_read, shared_from_this()));
    }

    void answered(admit::answer&& what) override {
        const std::shared_ptr<session> self = std::move(waiting_);
        send(what);
    }

private:
    using response = beast::http::response<beast::http::string_body>;

    void on_read(beast::error_code error, std::size_t) {
        if (error) return close();
        const admit::http::request asked = describe();
        const admit::http::routed to = desk_.route(asked);
        const auto* const command = std::get_if<admit::core::command>(&to.what);
        if (command == nullptr) return send(admit::bench::refusal_of(to));

        stream_.expires_never();
        if (const std::optional<admit::answer> at_once = desk_.decide(*command, *this))
            send(*at_once);
        else
            waiting_ = shared_from_this();
    }

    /// The parts of Beast's request that routes act on.
    admit::http::request describe() const {
        using beast::http::field;
        const auto given = [this](auto which) -> std::optional<std::string_view> {
            const auto found = request_.find(which);
            if (found == request_.end()) return {};
            return view(found->value());
        };
        admit::http::request out;
        out.method = admit::http::method_of(view(request_.method_string()));
        out.target = view(request_.target());
        out.body = request_.body();
        out.host = given(field::host);
        out.origin = given(field::origin);
        out.sec_fetch_site = given("Sec-Fetch-Site");
        out.content_encoding = given(field::content_encoding);
        out.idempotency_key = given("Idempotency-Key");
        out.if_match = given(field::if_match);
        out.if_none_match = given(field::if_none_match);
        return out;
    }

    void send(const admit::answer& what) {
        if (const std::optional<admit::problem> problem = admit::http::problem_of(what))
            return send(*problem);
        response out = begin(status_of(what), "application/json");
        admit::encode(what, desk_.handles(), out.body());
        write(std::move(out));
    }

    void send(const admit::problem& what) {
        response out = begin(admit::status(what.code), "application/problem+json");
        admit::encode(what, out.body());
        write(std::move(out));
    }

    static int status_of(const admit::answer& what) {
        if (std::holds_alternative<admit::done>(what)) return 204;
        if (std::holds_alternative<admit::queued>(what)) return 202;
        const auto* const pool = std::get_if<admit::pool_answer>(&what);
        return pool != nullptr && pool->created ? 201 : 200;
    }

    response begin(int status, beast::string_view type) const {
        response out{static_cast<beast::http::status>(status), request_.version()};
        out.set(beast::http::field::server, BOOST_BEAST_VERSION_STRING);
        out.set(beast::http::field::content_type, type);
        out.keep_alive(request_.keep_alive());
        return out;
    }

    void write(response&& what) {
        what.prepare_payload();
        const bool keep_alive = what.keep_alive();
        stream_.expires_after(std::chrono::seconds(30));
        beast::async_write(
            stream_, beast::http::message_generator(std::move(what)),
            beast::bind_front_handler(&session::on_write, shared_from_this(), keep_alive));
    }

    void on_write(bool keep_alive, beast::error_code error, std::size_t) {
        if (error || !keep_alive) return close();
        read();
    }

    void close() {
        beast::error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    }

    beast::tcp_stream stream_;
    desk& desk_;
    beast::flat_buffer buffer_;
    beast::http::request<beast::http::string_body> request_;
    std::shared_ptr<session> waiting_;  ///< itself, while the desk knows it
};

class server {
public:
    explicit server(asio::io_context& context)
        : context_(context), listener_(context, {asio::ip::address_v4::loopback(), 0}) {}

    std::uint16_t port() const { return listener_.local_endpoint().port(); }

    void accept() {
        listener_.async_accept(context_, [this](beast::error_code error, tcp::socket socket) {
            if (!error) {
                socket.set_option(tcp::no_delay(true));
                std::make_shared<session>(std::move(socket), desk_)->read();
            }
            accept();
        });
    }

    void expire() {
        timer_.expires_after(std::chrono::milliseconds(100));
        timer_.async_wait([this](beast::error_code) {
            desk_.expire();
            expire();
        });
    }

private:
    asio::io_context& context_;
    tcp::acceptor listener_;
    asio::steady_timer timer_{context_};
    desk desk_;
};

}  // namespace

int main() try {
    asio::io_context context(1);
    server all(context);
    std::cout << "beast_server listening on 127.0.0.1:" << all.port() << std::endl;
    all.accept();
    all.expire();
    context.run();
    return 0;
} catch (const std::exception& e) {
    std::cerr << "beast_server: " << e.what() << '\n';
    return 1;
}
