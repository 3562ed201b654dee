#include "server/http/reply_queue.hpp"

#include "server/http/limits.hpp"

#include <cassert>
#include <utility>

namespace admit::http {

std::uint64_t reply_queue::open() {
    line_.emplace_back();
    return next_++;
}

std::string& reply_queue::text(std::uint64_t serial) {
    assert(serial >= first_ && serial < next_);
    return serial == first_ ? out_ : line_[serial - first_].text;
}

void reply_queue::ready(std::uint64_t serial, grant given) {
    place& mine = line_[serial - first_];
    assert(!mine.ready);
    mine.ready = true;
    mine.given = given;
    if (serial != first_) {
        line_bytes_ += mine.text.size();
        return;
    }
    leave(given);
    while (!line_.empty() && line_.front().ready) {
        out_ += line_.front().text;
        line_bytes_ -= line_.front().text.size();
        leave(line_.front().given);
    }
    // The new head writes to `out_` from now on; what it had so far goes there first.
    if (!line_.empty()) out_ += std::exchange(line_.front().text, {});
}

/// The head's reply is at the end of `out_` now.
void reply_queue::leave(grant given) {
    if (given.token != 0) deliveries_.push_back({bytes_so_far(), given});
    line_.erase(line_.begin());
    ++first_;
}

std::string_view reply_queue::writable() {
    if (done_ == writing_.size()) {
        writing_.clear();
        done_ = 0;
        std::swap(writing_, out_);
        if (out_.capacity() > limits::output_bytes_kept) out_ = {};
    }
    return std::string_view(writing_).substr(done_);
}

void reply_queue::wrote(std::size_t size) {
    assert(size <= writing_.size() - done_);
    done_ += size;
    written_ += size;
}

bool reply_queue::owes_grants() const noexcept {
    if (!deliveries_.empty() && deliveries_.back().end > written_) return true;
    for (const place& waiting : line_)
        if (waiting.ready && waiting.given.token != 0) return true;
    return false;
}

std::vector<grant> reply_queue::take_undelivered() {
    std::vector<grant> out;
    for (const delivery& each : deliveries_)
        if (each.end > written_) out.push_back(each.given);
    for (const place& waiting : line_)
        if (waiting.ready && waiting.given.token != 0) out.push_back(waiting.given);
    deliveries_.clear();
    for (place& each : line_) {
        each.given = {};
        each.text.clear();
    }
    line_bytes_ = 0;
    out_.clear();
    writing_.clear();
    done_ = 0;
    return out;
}

std::vector<grant> reply_queue::take_unacknowledged(std::size_t unacknowledged_bytes) {
    std::vector<grant> out;
    for (const delivery& each : deliveries_)
        if (each.end <= written_ && each.end + unacknowledged_bytes > written_)
            out.push_back(each.given);
    std::erase_if(deliveries_, [this](const delivery& each) { return each.end <= written_; });
    return out;
}

bool reply_queue::has_unconfirmed() const noexcept {
    return !deliveries_.empty() && deliveries_.front().end <= written_;
}

void reply_queue::confirm() {
    std::erase_if(deliveries_, [this](const delivery& each) { return each.end <= written_; });
}

void reply_queue::shrink(std::size_t bytes_kept) {
    if (out_.empty() && out_.capacity() > bytes_kept) out_ = {};
    if (done_ == writing_.size() && writing_.capacity() > bytes_kept) {
        writing_ = {};
        done_ = 0;
    }
}

}  // namespace admit::http
