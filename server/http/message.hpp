// One request message on its way in: Beast parses it, this checks what Beast does not.
#pragma once

#include "server/http/request.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace admit::http {

class message_parser;

/// Header first, as a whole; then the body in pieces, unless it is there in one. Made anew for
/// every request.
class message {
public:
    message();
    ~message();
    message(message&&) noexcept;
    message& operator=(message&&) noexcept;

    /// A reason to refuse the request. After a fatal one nobody knows where the next one begins.
    struct refusal {
        admit::problem what;
        bool fatal = true;
    };

    /// Parses `header`, which ends with its empty line. A refusal that is not fatal leaves the
    /// message usable: its body is read so that the next request can be found.
    std::optional<refusal> parse_header(std::string_view header);

    /// After `parse_header`: refuses a body that is larger than `bytes_max`.
    std::optional<refusal> limit_body(std::size_t bytes_max);

    http::method method() const noexcept { return method_; }
    /// What `describe` says is the target.
    std::string_view target(std::string_view header) const noexcept { return path_of(header); }
    bool has_body() const noexcept { return chunked_ || length_ > 0; }
    bool chunked() const noexcept { return chunked_; }
    /// What of the body has not been taken yet; only where it is not chunked.
    std::uint64_t length() const noexcept { return length_; }
    /// Whether the connection may go on after this request.
    bool keeps_alive() const noexcept { return keeps_alive_; }
    bool expects_continue() const noexcept { return expects_continue_; }
    bool body_began() const noexcept { return body_began_; }

    /// Takes of `bytes` what belongs to the body and returns how much that was.
    std::size_t take_body(std::string_view bytes, std::optional<refusal>& why);
    bool body_complete() const noexcept { return body_complete_; }
    std::string take_text() noexcept { return std::move(body_); }

    /// Makes the views of `out` from the header's bytes, which may have moved meanwhile.
    void describe(std::string_view header, request& out) const;

private:
    friend class message_parser;
    friend class plain_header;

    std::optional<refusal> parse_any_header(std::string_view header);

    /// A part of the header, by its place: the bytes may move while the body comes in.
    struct slice {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
        bool given = false;
    };

    const slice& of(field which) const noexcept { return fields_[static_cast<std::size_t>(which)]; }
    std::string_view view(std::string_view header, const slice& part) const noexcept {
        return header.substr(part.at, part.size);
    }
    /// The target without scheme and authority.
    std::string_view path_of(std::string_view header) const noexcept;
    void split_target(std::string_view header);
    std::optional<refusal> check_framing(std::string_view header);
    std::optional<refusal> check_request(std::string_view header) const;
    std::size_t take_chunks(std::string_view bytes, std::optional<refusal>& why);

    http::method method_ = method::other;
    slice target_;
    slice authority_;  ///< of a target that has one
    std::array<slice, field_count> fields_;
    std::uint16_t repeated_ = 0;  ///< one bit per field that came more than once
    bool http11_ = false;
    bool keeps_alive_ = false;
    bool chunked_ = false;
    bool expects_continue_ = false;
    bool body_began_ = false;
    bool body_complete_ = false;
    std::uint64_t length_ = 0;
    std::string body_;
    std::unique_ptr<message_parser> parser_;  ///< only while a chunked body is read
};

}  // namespace admit::http
