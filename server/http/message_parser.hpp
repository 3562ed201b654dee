// Beast's parser, told to keep nothing: it reports the parts of a request to a `message`.
#pragma once

#include "server/http/message.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/version.hpp>

#include <cstddef>

namespace admit::http {

class message_parser final : public boost::beast::http::basic_parser<true> {
public:
    using error_code = boost::beast::error_code;
    using string_view = boost::beast::string_view;

    /// `header`: the bytes that `put` is given first.
    message_parser(message& out, const char* header) : out_(&out), header_(header) {}
    message_parser(message_parser&&) = default;

    /// Where a chunked body is collected: the message may have moved since.
    void collect_into(std::string& body) noexcept { body_ = &body; }
    bool extensions_too_long() const noexcept;

private:
    using verb = boost::beast::http::verb;
    using known_field = boost::beast::http::field;

    void on_request_impl(verb, string_view method, string_view target, int version,
                         error_code&) override;
    void on_field_impl(known_field, string_view name, string_view value, error_code&) override;
    void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code&) override;
    std::size_t on_chunk_body_impl(std::uint64_t left, string_view bytes, error_code&) override;

    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view bytes, error_code&) override { return bytes.size(); }
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_finish_impl(error_code&) override {}
    // Trailers are dropped. Before this callback existed, they came as fields.
#if BOOST_BEAST_VERSION >= 359
    void on_trailer_field_impl(known_field, string_view, string_view, error_code&) override {}
#endif

    message* out_;
    const char* header_;
    std::string* body_ = nullptr;
    std::size_t extension_bytes_ = 0;
};

}  // namespace admit::http
