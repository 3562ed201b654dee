// The bytes of the journal's bodies: numbers of seven bits a byte, texts with their length before
// them. Pure; what is read may be anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace admit::journal {

/// Appends to a string.
class byte_writer {
public:
    explicit byte_writer(std::string& out) : out_(out) {}

    void byte(std::uint8_t b) { out_.push_back(static_cast<char>(b)); }
    void number(std::uint64_t);
    /// Small for small numbers of either sign.
    void signed_number(std::int64_t);
    /// Eight bytes, the lowest first.
    void fixed(std::uint64_t);
    void text(std::string_view);

    /// What is written between the two calls gets its length in front of it.
    std::size_t begin_block() const { return out_.size(); }
    void end_block(std::size_t begun);

private:
    std::string& out_;
};

/// Reads from bytes that outlive it. After the first thing that cannot be read everything is empty
/// and `failed` says so.
class byte_reader {
public:
    explicit byte_reader(std::string_view in) : left_(in) {}

    std::uint8_t byte();
    std::uint64_t number();
    std::int64_t signed_number();
    std::uint64_t fixed();
    std::string_view text();

    bool at_end() const noexcept { return left_.empty(); }
    std::size_t left() const noexcept { return left_.size(); }
    bool failed() const noexcept { return failed_; }
    /// What was read makes no sense.
    void fail() noexcept;

private:
    std::string_view left_;
    bool failed_ = false;
};

}  // namespace admit::journal
