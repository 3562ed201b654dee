#include "server/http/message.hpp"

#include "server/http/framing.hpp"
#include "server/http/limits.hpp"
#include "server/http/message_parser.hpp"
#include "server/http/plain_header.hpp"

#include <boost/beast/http/error.hpp>

#include <algorithm>

namespace admit::http {
namespace {

namespace beast_http = boost::beast::http;

message::refusal refuse(errc code, std::string detail, bool fatal = true) {
    return {{code, std::move(detail), {}, {}, 0}, fatal};
}

/// Whether the request line is one of HTTP, but of a version that is not spoken.
bool names_another_version(std::string_view header) {
    const std::string_view line = header.substr(0, header.find('\r'));
    if (line.size() < 9 || std::count(line.begin(), line.end(), ' ') != 2) return false;
    const std::string_view end = line.substr(line.size() - 9);
    return end.starts_with(" HTTP/") && is_digits(end.substr(6, 1)) && end[7] == '.' &&
           is_digits(end.substr(8));
}

message::refusal refuse_header(const boost::beast::error_code& ec, std::string_view header) {
    if (ec == beast_http::error::bad_version && names_another_version(header))
        return refuse(errc::http_version_not_supported, "only HTTP/1.1 and HTTP/1.0 are spoken");
    if (ec == beast_http::error::bad_method)
        return refuse(errc::bad_request, "the request line does not begin with a method");
    if (ec == beast_http::error::bad_target)
        return refuse(errc::bad_request, "the request line has no valid target");
    if (ec == beast_http::error::bad_version)
        return refuse(errc::bad_request, "the request line does not end with HTTP/1.1");
    if (ec == beast_http::error::bad_field)
        return refuse(errc::bad_request, "a header field's name is not valid");
    if (ec == beast_http::error::bad_content_length ||
        ec == beast_http::error::multiple_content_length)
        return refuse(errc::bad_request, "Content-Length is not one number");
    if (ec == beast_http::error::bad_transfer_encoding)
        return refuse(errc::bad_request, "Transfer-Encoding is ambiguous");
    return refuse(errc::bad_request, "a header field's value is not valid");
}

}  // namespace

message::message() = default;
message::~message() = default;
message::message(message&&) noexcept = default;
message& message::operator=(message&&) noexcept = default;

std::optional<message::refusal> message::parse_header(std::string_view header) {
    if (!plain_header(*this, header).read()) {
        *this = {};
        if (auto wrong = parse_any_header(header)) return wrong;
    }
    split_target(header);
    if (auto wrong = check_framing(header)) return wrong;
    if (chunked_) {
        parser_->collect_into(body_);
        // For newer Beasts, which allow the trailers what the header has left of its limit.
        parser_->header_limit(limits::chunk_line_bytes_max);
    } else {
        parser_.reset();
    }
    body_complete_ = !has_body();

    const std::string_view expect = view(header, of(field::expect));
    expects_continue_ = http11_ && has_body() && equals_ignoring_case(expect, "100-continue");
    auto wrong = check_request(header);
    // Whoever asked whether to send the body is answered, and does not send it.
    if (wrong && of(field::expect).given && has_body()) wrong->fatal = true;
    return wrong;
}

/// By Beast, which goes on with the body where it comes in chunks.
std::optional<message::refusal> message::parse_any_header(std::string_view header) {
    parser_ = std::make_unique<message_parser>(*this, header.data());
    parser_->body_limit(boost::none);
    boost::beast::error_code ec;
    const std::size_t used =
        parser_->put(boost::asio::const_buffer(header.data(), header.size()), ec);
    if (ec) return refuse_header(ec, header);
    if (used != header.size() || !parser_->is_header_done())
        return refuse(errc::bad_request, "the header is not valid");
    keeps_alive_ = http11_ && parser_->keep_alive();
    return std::nullopt;
}

/// A target such as `http://host/path` (RFC 9112, 3.2.2): what follows the authority is the target
/// then, and the authority stands for the Host field.
void message::split_target(std::string_view header) {
    constexpr std::string_view scheme = "http://";
    const std::string_view whole = view(header, target_);
    if (!equals_ignoring_case(whole.substr(0, scheme.size()), scheme)) return;
    const std::size_t end = std::min(whole.find_first_of("/?", scheme.size()), whole.size());
    const auto part = [&](std::size_t begin, std::size_t size) {
        return slice{target_.at + static_cast<std::uint32_t>(begin),
                     static_cast<std::uint32_t>(size), true};
    };
    authority_ = part(scheme.size(), end - scheme.size());
    target_ = part(end, whole.size() - end);
}

/// Everything about where the message ends and for whom it is. All of it is fatal.
std::optional<message::refusal> message::check_framing(std::string_view header) {
    const auto repeated = [&](field which) {
        return (repeated_ >> static_cast<unsigned>(which) & 1u) != 0;
    };
    const slice& coding = of(field::transfer_encoding);
    const slice& length = of(field::content_length);
    if (coding.given) {
        if (!http11_) return refuse(errc::bad_request, "Transfer-Encoding needs HTTP/1.1");
        if (length.given)
            return refuse(errc::bad_request,
                          "Transfer-Encoding and Content-Length exclude each other");
        if (repeated(field::transfer_encoding))
            return refuse(errc::bad_request, "Transfer-Encoding came more than once");
        if (!equals_ignoring_case(view(header, coding), "chunked"))
            return refuse(errc::not_implemented, "the only Transfer-Encoding spoken is chunked");
        chunked_ = true;
    }
    if (length.given) {
        const std::string_view digits = view(header, length);
        // 18 digits are 64 bits and more than any limit.
        if (repeated(field::content_length) || !is_digits(digits) || digits.size() > 18)
            return refuse(errc::bad_request, "Content-Length is not one number");
        length_ = 0;
        for (char digit : digits)
            length_ = length_ * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    const slice& host = of(field::host);
    if (http11_ && !host.given) return refuse(errc::bad_request, "the Host field is missing");
    if (repeated(field::host)) return refuse(errc::bad_request, "Host came more than once");
    if (host.given && !is_host(view(header, host)))
        return refuse(errc::bad_request, "the Host field is not a host");
    if (target_.size > limits::target_bytes_max)
        return refuse(errc::uri_too_long, "the target is longer than 2 KiB");
    if (authority_.given && !is_host(view(header, authority_)))
        return refuse(errc::bad_request, "the target names no host");
    // Other forms are for proxies and tunnels: what comes next may not be HTTP.
    const std::string_view target = path_of(header);
    if (!target.starts_with('/') && !(target == "*" && method_ == method::options))
        return refuse(errc::bad_request, "the target is not a path such as /v1/pools");
    return std::nullopt;
}

/// What is wrong with a request of which it is known where it ends.
std::optional<message::refusal> message::check_request(std::string_view header) const {
    const auto refuse_this = [](errc code, std::string detail) {
        return refuse(code, std::move(detail), false);
    };
    if (!is_target_text(view(header, target_)))
        return refuse_this(errc::bad_request,
                           "the target has a character that must be percent-encoded");
    for (std::size_t i = 0; i < field_count; ++i) {
        if ((repeated_ >> i & 1u) == 0) continue;
        const std::string_view which = name(static_cast<field>(i));
        refusal wrong = refuse_this(errc::bad_request, std::string(which) + " came more than once");
        wrong.what.field = which;
        return wrong;
    }
    if (http11_ && of(field::expect).given &&
        !equals_ignoring_case(view(header, of(field::expect)), "100-continue"))
        return refuse_this(errc::expectation_failed, "the only expectation met is 100-continue");
    return std::nullopt;
}

std::optional<message::refusal> message::limit_body(std::size_t bytes_max) {
    if (parser_) parser_->body_limit(bytes_max);
    if (length_ <= bytes_max) return std::nullopt;
    return refuse(errc::payload_too_large,
                  "the body is larger than " + std::to_string(bytes_max / 1024) + " KiB");
}

std::size_t message::take_body(std::string_view bytes, std::optional<refusal>& why) {
    if (!bytes.empty()) body_began_ = true;
    if (chunked_) return take_chunks(bytes, why);
    const std::size_t taken =
        static_cast<std::size_t>(std::min<std::uint64_t>(length_, bytes.size()));
    if (body_.empty()) body_.reserve(static_cast<std::size_t>(length_));
    body_.append(bytes.substr(0, taken));
    length_ -= taken;
    body_complete_ = length_ == 0;
    return taken;
}

std::size_t message::take_chunks(std::string_view bytes, std::optional<refusal>& why) {
    std::size_t taken = 0;
    // What may be the last chunk needs five bytes: asked again with fewer, Beast 345 trips over its
    // own assertion. Nothing is held up, for no body ends before them.
    while (taken < bytes.size() && (bytes[taken] != '0' || bytes.size() - taken >= 5)) {
        const std::size_t body_before = body_.size();
        boost::beast::error_code ec;
        const std::string_view rest = bytes.substr(taken);
        const std::size_t used =
            parser_->put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
        taken += used;
        const bool incomplete = ec == beast_http::error::need_more;
        const std::size_t overhead = incomplete ? rest.size() - used : used;
        const bool is_data = body_.size() != body_before;
        const bool too_long =
            ec == beast_http::error::header_limit ||
            ((!ec || incomplete) && !is_data && overhead >= limits::chunk_line_bytes_max);
        if (ec == beast_http::error::body_limit) {
            why = refuse(errc::payload_too_large, "the body is too large");
        } else if (parser_->extensions_too_long()) {
            why = refuse(errc::header_fields_too_large, "the chunk extensions are too long");
        } else if (too_long) {
            why = refuse(errc::header_fields_too_large,
                         "a chunk's line or the trailers are too long");
        } else if (ec && !incomplete) {
            why = refuse(errc::bad_request, "the chunked body is not valid");
        }
        body_complete_ = parser_->is_done() && !why;
        if (why || incomplete || body_complete_ || used == 0) break;
    }
    return taken;
}

std::string_view message::path_of(std::string_view header) const noexcept {
    if (!authority_.given || target_.size > 0) return view(header, target_);
    return method_ == method::options ? "*" : "/";
}

void message::describe(std::string_view header, request& out) const {
    const auto value = [&](field which) -> std::optional<std::string_view> {
        if (!of(which).given) return std::nullopt;
        return view(header, of(which));
    };
    out.method = method_;
    out.target = path_of(header);
    out.host = authority_.given ? view(header, authority_) : value(field::host);
    out.origin = value(field::origin);
    out.sec_fetch_site = value(field::sec_fetch_site);
    out.content_encoding = value(field::content_encoding);
    out.idempotency_key = value(field::idempotency_key);
    out.if_match = value(field::if_match);
    out.if_none_match = value(field::if_none_match);
}

}  // namespace admit::http
