#include "server/config/fetch.hpp"

#include "proto/codec.hpp"
#include "server/config/healthcheck.hpp"
#include "server/config/options.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <utility>

namespace admit::config {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

/// How long nothing may come; a large backup takes its time before the first byte does.
constexpr std::chrono::seconds patience{60};
constexpr std::size_t header_bytes_max = 16 * 1024;
constexpr std::size_t problem_bytes_max = 64 * 1024;

/// One conversation. Each step blocks until it is done, or too late.
class conversation {
public:
    fetched get(const health_question& from, const std::function<void(std::string_view)>& take) {
        const std::string where = from.host + " port " + from.port + ": ";
        const auto failed = [&](const std::string& why) {
            return fetched{status::unavailable, where + why};
        };
        error_code error;
        tcp::resolver resolver(context_);
        const auto found = resolver.resolve(from.host, from.port, error);
        if (error) return failed(error.message());
        if (!run([&](auto done) {
                boost::asio::async_connect(
                    socket_, found, [done](error_code e, const tcp::endpoint&) { done(e, 0); });
            }))
            return failed(why_);
        const std::string request = "GET " + from.target + " HTTP/1.1\r\nHost: " +
                                    authority(from) + "\r\nConnection: close\r\n\r\n";
        if (!run([&](auto done) {
                boost::asio::async_write(socket_, boost::asio::buffer(request), done);
            }))
            return failed(why_);
        std::string text;
        if (!run([&](auto done) {
                boost::asio::async_read_until(
                    socket_, boost::asio::dynamic_buffer(text, header_bytes_max), "\r\n\r\n", done);
            }))
            return failed(why_);
        const std::size_t header = size_;
        const answer_head head = head_of(std::string_view(text).substr(0, header));
        if (head.status == 0) return failed("what answers there does not speak HTTP");
        text.erase(0, header);
        if (head.status != 200) return refused(where, head, std::move(text));
        if (!head.has_length) return failed("the answer does not say how long it is");
        return body(head.length, std::move(text), take, failed);
    }

private:
    fetched refused(const std::string& where, const answer_head& head, std::string text) {
        if (head.length > problem_bytes_max) text.clear();
        run([&](auto done) {
            boost::asio::async_read(
                socket_, boost::asio::dynamic_buffer(text, problem_bytes_max),
                boost::asio::transfer_at_least(head.length -
                                               std::min<std::uint64_t>(text.size(), head.length)),
                done);
        });
        return {status::unavailable, where + std::to_string(head.status) + ": " +
                                         decode_problem(head.status, text).detail};
    }

    template <class Failed>
    fetched body(std::uint64_t length, std::string first,
                 const std::function<void(std::string_view)>& take, const Failed& failed) {
        std::uint64_t got = std::min<std::uint64_t>(first.size(), length);
        take(std::string_view(first).substr(0, static_cast<std::size_t>(got)));
        std::array<char, 64 * 1024> piece;
        while (got < length) {
            const auto most = std::min<std::uint64_t>(piece.size(), length - got);
            if (!run([&](auto done) {
                    socket_.async_read_some(boost::asio::buffer(piece.data(), most), done);
                }))
                return failed("the backup broke off after " + std::to_string(got) + " of " +
                              std::to_string(length) + " bytes: " + why_);
            take({piece.data(), size_});
            got += size_;
        }
        return {};
    }

    /// Whether the operation that `start` begins ended well, and in time.
    template <class Start>
    bool run(const Start& start) {
        bool over = false;
        error_code result;
        start([&](error_code e, std::size_t size) {
            over = true;
            result = e;
            size_ = size;
        });
        context_.restart();
        const auto until = std::chrono::steady_clock::now() + patience;
        while (!over && context_.run_one_until(until) > 0) {}
        if (over && !result) return true;
        why_ = over ? result.message() : "nothing was heard for a minute";
        if (!over) {
            // Its handler is about locals of this call.
            error_code ignored;
            socket_.close(ignored);
            context_.restart();
            while (!over && context_.run_one() > 0) {}
        }
        return false;
    }

    boost::asio::io_context context_{1};
    tcp::socket socket_{context_};
    std::size_t size_ = 0;  ///< of the newest operation
    std::string why_;       ///< it did not end well
};

bool same_letters(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) ==
               std::tolower(static_cast<unsigned char>(y));
    });
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

answer_head head_of(std::string_view header) {
    answer_head out;
    const auto line = [&] {
        const std::size_t end = header.find("\r\n");
        const std::string_view found = header.substr(0, end);
        header.remove_prefix(end == header.npos ? header.size() : end + 2);
        return found;
    };
    const std::string_view first = line();
    if (!first.starts_with("HTTP/1.") || first.size() < 12) return out;
    int found = 0;
    const std::string_view digits = first.substr(9, 3);
    if (std::from_chars(digits.data(), digits.data() + 3, found).ptr != digits.data() + 3)
        return out;
    for (std::string_view field = line(); !field.empty(); field = line()) {
        const std::size_t colon = field.find(':');
        if (colon == field.npos || !same_letters(field.substr(0, colon), "Content-Length"))
            continue;
        const std::string_view value = trimmed(field.substr(colon + 1));
        const auto [end, wrong] =
            std::from_chars(value.data(), value.data() + value.size(), out.length);
        out.has_length = wrong == std::errc() && end == value.data() + value.size();
    }
    out.status = found;
    return out;
}

fetched fetch_backup(const std::string& url, tcp::endpoint listen,
                     const std::function<void(std::string_view)>& take) {
    health_question from = question_for(url, listen);
    if (from.host.empty())
        return {status::usage, "'" + url + "' is not a URL such as http://127.0.0.1:8080"};
    if (from.target == "/readyz") from.target.clear();
    if (from.target.ends_with('/')) from.target.pop_back();
    from.target += "/v1/backup";
    return conversation().get(from, take);
}

}  // namespace admit::config
