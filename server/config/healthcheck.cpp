#include "server/config/healthcheck.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/url/parse.hpp>

#include <chrono>
#include <future>
#include <optional>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>

namespace admit::config {
namespace {

using boost::asio::ip::tcp;

constexpr std::chrono::seconds patience{3};
constexpr std::size_t answer_bytes_max = 8 * 1024;

using endpoints = tcp::resolver::results_type;
using instant = std::chrono::steady_clock::time_point;

endpoints resolve(const health_question& question, tcp::resolver::flags how,
                  boost::system::error_code& error) {
    boost::asio::io_context context;
    return tcp::resolver(context).resolve(question.host, question.port, how, error);
}

/// Where to ask; nothing where that is not known by `until`. The system's look-up of a name cannot
/// be interrupted: a thread that hangs in it is left behind, for the process is about to end.
std::optional<endpoints> resolve_until(instant until, const health_question& question,
                                       boost::system::error_code& error) {
    using flags = tcp::resolver;
    endpoints found = resolve(question, flags::numeric_host | flags::numeric_service, error);
    if (!error) return found;
    using answer = std::pair<endpoints, boost::system::error_code>;
    std::promise<answer> promise;
    std::future<answer> future = promise.get_future();
    std::thread([question, promise = std::move(promise)]() mutable {
        boost::system::error_code failure;
        endpoints all = resolve(question, {}, failure);
        promise.set_value({std::move(all), failure});
    }).detach();
    error = {};
    if (future.wait_until(until) != std::future_status::ready) return std::nullopt;
    std::tie(found, error) = future.get();
    return found;
}

/// One question on one connection; the callbacks follow each other.
class inquiry {
public:
    explicit inquiry(const health_question& question)
        : request_("GET " + question.target + " HTTP/1.1\r\nHost: " + authority(question) +
                   "\r\nConnection: close\r\n\r\n") {
        const instant until = std::chrono::steady_clock::now() + patience;
        boost::system::error_code error;
        const std::optional<endpoints> found = resolve_until(until, question, error);
        if (failed(error) || !found) return;
        connect(*found);
        context_.run_until(until);
    }

    health result() const { return result_; }

private:
    bool failed(const boost::system::error_code& error) {
        if (error) result_.text = error.message();
        return bool(error);
    }

    void connect(const endpoints& found) {
        boost::asio::async_connect(socket_, found, [this](auto error, auto&&) {
            if (!failed(error)) ask();
        });
    }

    void ask() {
        boost::asio::async_write(socket_, boost::asio::buffer(request_),
                                 [this](auto error, std::size_t) {
                                     if (!failed(error)) read();
                                 });
    }

    void read() {
        boost::asio::async_read_until(socket_,
                                      boost::asio::dynamic_buffer(answer_, answer_bytes_max),
                                      "\r\n", [this](auto error, std::size_t size) {
                                          if (failed(error)) return;
                                          result_.text = answer_.substr(0, size - 2);
                                          result_.ready = result_.text.starts_with("HTTP/1.1 200 ");
                                      });
    }

    boost::asio::io_context context_{1};
    tcp::socket socket_{context_};
    const std::string request_;
    std::string answer_;
    health result_{false, "no answer within three seconds"};
};

std::string reachable(const boost::asio::ip::address& address) {
    if (!address.is_unspecified()) return address.to_string();
    return address.is_v6() ? "::1" : "127.0.0.1";
}

}  // namespace

std::string authority(const health_question& q) {
    const bool is_v6 = q.host.find(':') != std::string::npos;
    return (is_v6 ? "[" + q.host + "]" : q.host) + ":" + q.port;
}

health_question question_for(const std::string& url, tcp::endpoint listen) {
    if (url.empty()) return {reachable(listen.address()), std::to_string(listen.port()), "/readyz"};
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed || parsed->scheme() != "http" || parsed->has_userinfo() || parsed->has_fragment() ||
        parsed->host_address().empty())
        return {};
    const std::string path(parsed->encoded_path());
    const std::string port(parsed->port());
    return {parsed->host_address(), port.empty() ? "80" : port,
            path.empty() || path == "/" ? "/readyz" : path};
}

health ask_health(const std::string& url, tcp::endpoint listen) {
    const health_question question = question_for(url, listen);
    if (question.host.empty())
        return {false, "'" + url + "' is not a URL such as http://127.0.0.1:8080"};
    health found = inquiry(question).result();
    found.text = question.host + " port " + question.port + ": " + found.text;
    return found;
}

}  // namespace admit::config
