#include "server/http/message_parser.hpp"

#include "server/http/framing.hpp"
#include "server/http/limits.hpp"

#include <optional>

namespace admit::http {
namespace {

namespace beast_http = boost::beast::http;

std::string_view std_view(boost::beast::string_view text) { return {text.data(), text.size()}; }

std::optional<field> field_of(beast_http::field known, std::string_view name) {
    switch (known) {
        case beast_http::field::host:
            return field::host;
        case beast_http::field::origin:
            return field::origin;
        case beast_http::field::sec_fetch_site:
            return field::sec_fetch_site;
        case beast_http::field::content_encoding:
            return field::content_encoding;
        case beast_http::field::if_match:
            return field::if_match;
        case beast_http::field::if_none_match:
            return field::if_none_match;
        case beast_http::field::expect:
            return field::expect;
        case beast_http::field::content_length:
            return field::content_length;
        case beast_http::field::transfer_encoding:
            return field::transfer_encoding;
        default:
            break;
    }
    // Not among those that Beast knows by number.
    if (equals_ignoring_case(name, "Idempotency-Key")) return field::idempotency_key;
    return std::nullopt;
}

}  // namespace

bool message_parser::extensions_too_long() const noexcept {
    return extension_bytes_ > limits::chunk_extension_bytes_max;
}

void message_parser::on_request_impl(verb, string_view method, string_view target, int version,
                                     error_code&) {
    out_->method_ = method_of(std_view(method));
    out_->target_ = {static_cast<std::uint32_t>(target.data() - header_),
                     static_cast<std::uint32_t>(target.size()), true};
    out_->http11_ = version == 11;
}

void message_parser::on_field_impl(known_field known, string_view name, string_view value,
                                   error_code&) {
    if (body_ != nullptr) return;  // a trailer
    const std::optional<field> which = field_of(known, std_view(name));
    if (!which) return;
    message::slice& part = out_->fields_[static_cast<std::size_t>(*which)];
    if (part.given)
        out_->repeated_ |= static_cast<std::uint16_t>(1u << static_cast<unsigned>(*which));
    // Of an empty value, Beast may not say where it is.
    const std::ptrdiff_t at = value.empty() ? 0 : value.data() - header_;
    part = {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(value.size()), true};
}

void message_parser::on_chunk_header_impl(std::uint64_t, string_view extensions, error_code& ec) {
    extension_bytes_ += extensions.size();
    if (extensions_too_long()) ec = beast_http::error::bad_chunk_extension;
}

std::size_t message_parser::on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) {
    body_->append(bytes.data(), bytes.size());
    return bytes.size();
}

}  // namespace admit::http
