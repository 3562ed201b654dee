#include "server/engine/group_commit.hpp"

#include "server/engine/limits.hpp"

#include <cassert>
#include <utility>

namespace admit::engine {

group_commit::group_commit(journal::journal& j, journal::append_done on_done)
    : journal_(j), on_done_(std::move(on_done)) {}

void group_commit::add(journal::frame&& f) {
    const bool none_fills = batches_.size() == (appending_ ? 1U : 0U);
    if (none_fills || batches_.back().records >= limits::batch_records_max)
        batches_.emplace_back();
    batch& filling = batches_.back();
    filling.records += f.records.size();
    filling.frames.push_back(std::move(f));
}

bool group_commit::pump(bool barrier, std::chrono::nanoseconds monotonic,
                        std::vector<batch>& over) {
    while (!appending_ && !batches_.empty()) {
        barrier = false;
        batches_.front().since = monotonic;
        if (append(batches_.front().frames))
            ended(over);
    }
    if (!appending_ && barrier && !append({}))
        batches_.emplace_back().since = monotonic;
    return !appending_;
}

bool group_commit::append(std::span<const journal::frame> frames) {
    appending_ = journal_.append(frames, on_done_) == journal::append_result::pending;
    return !appending_;
}

void group_commit::hold(held_answer&& a) {
    assert(appending_);
    batches_.back().answers.push_back(std::move(a));
}

void group_commit::ended(std::vector<batch>& over) {
    appending_ = false;
    over.push_back(std::move(batches_.front()));
    batches_.pop_front();
}

void group_commit::failed(std::vector<batch>& over) {
    appending_ = false;
    for (batch& b : batches_)
        over.push_back(std::move(b));
    batches_.clear();
}

std::optional<std::chrono::nanoseconds> group_commit::appending_since() const noexcept {
    if (!appending_)
        return std::nullopt;
    return batches_.front().since;
}

std::optional<core::instant> group_commit::oldest_undurable() const noexcept {
    for (const batch& b : batches_) {
        if (!b.frames.empty())
            return b.frames.front().at;
    }
    return std::nullopt;
}

}  // namespace admit::engine
