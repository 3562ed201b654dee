#include "server/journal/sqlite/upkeep.hpp"

#include "server/journal/trouble.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace admit::journal {
namespace {

// An append may have to wait for one of these.
constexpr std::uint64_t log_pages_most = 512;   // 2 MiB to copy in a checkpoint
constexpr std::size_t chunk_bytes = 256 << 10;  // read for the follower at once
constexpr std::size_t parts_ahead_bytes = 512 << 10;
constexpr std::size_t part_bytes = 64 << 10;
constexpr std::uint64_t deleted_bytes = 256 << 10;
constexpr std::int64_t deleted_parts = 4;
constexpr std::uint64_t shrunk_pages = 64;

// About what a lease takes in a snapshot: what has ended takes this less, once it is forgotten.
constexpr std::uint64_t lease_bytes = 100;

/// What a row takes in the file.
std::uint64_t room(std::uint64_t body) {
    constexpr std::uint64_t page = 4096;
    return body < page - 100 ? body + 40 : (body / page + 2) * page;
}

struct owned_row {
    position at;
    std::string body;
};
struct owned_part {
    std::uint64_t index = 0;
    digest128 hash{};
    std::string body;
};

}  // namespace

upkeep::upkeep(store& s, const core::settings& conf, std::uint64_t snapshot_bytes,
               std::function<void()> wake)
    : store_(s),
      settings_(conf),
      snapshot_bytes_(snapshot_bytes),
      log_pages_max_(static_cast<int>(
          std::clamp<std::uint64_t>(snapshot_bytes / (32 * s.page_bytes()), 4, log_pages_most))),
      newest_(s.newest()),
      worker_(std::move(wake)) {}

void upkeep::appended(const position& newest, std::size_t bytes, core::instant clock,
                      const lore& known) {
    newest_ = newest;
    clock_ = clock;
    known_ = known;
    last_row_ = bytes;
    since_ += room(bytes);
    rows_behind_ += room(bytes);
}

upkeep::next upkeep::step(bool busy) {
    if (store_.base().log_pages() >= log_pages_max_) {
        checkpoint();
        return next::more;
    }
    switch (at_) {
        case stage::sweep:
            if (store_.delete_parts(deleted_parts) ||
                store_.delete_rows(std::max<std::uint64_t>(deleted_bytes, 4 * last_row_)))
                return next::more;
            at_ = stage::shrink;
            return next::more;
        case stage::shrink: {
            const std::uint64_t wanted =
                2 * store_.newest_head().bytes + snapshot_bytes_ + snapshot_bytes_ / 2;
            if (store_.pages() * store_.page_bytes() > wanted && store_.free_pages() > 0) {
                store_.shrink(shrunk_pages);
                shrunk_ = true;
                return next::more;
            }
            // The file itself is cut when the log is copied.
            if (std::exchange(shrunk_, false)) {
                checkpoint();
                return next::more;
            }
            at_ = stage::rest;
            return next::more;
        }
        case stage::rest:
            if (!due()) return next::nothing;
            return start();
        case stage::restore:
            return restore();
        case stage::follow:
            return follow();
        case stage::write:
            return write(busy);
    }
    return next::nothing;
}

void upkeep::checkpoint() {
    store_.base().checkpoint();
    ++checkpoints_;
}

bool upkeep::due() const {
    if (newest_.seq == store_.newest_head().at.seq) return false;
    if (since_ >= snapshot_bytes_) return true;
    // Little was appended, but the state may be much smaller than the snapshot: what has ended is
    // forgotten without a record.
    const head& now = store_.newest_head();
    const std::uint64_t forgettable =
        now.remembered_bytes + lease_bytes * (known_.ended - ended_before_);
    return forgettable >= snapshot_bytes_ / 2 &&
           clock_ - now.clock > core::from_ms(settings_.remember_ms);
}

upkeep::next upkeep::start() {
    if (!worker_.idle()) return next::waiting;  // it still clears the former one away
    const head& now = store_.newest_head();
    next_head_ = {.id = now.id,
                  .at = newest_,
                  .number = now.number + 1,
                  .clock = clock_,
                  .longest_ttl_ms = known_.longest_ttl_ms,
                  .newest_token = known_.newest_token};
    follower_ = std::make_unique<follower>(settings_, store_.base().file(), now);
    handed_parts_ = 0;
    handed_seq_ = now.at.seq;
    rows_behind_ = 0;
    next_ended_before_ = known_.ended;
    at_ = stage::restore;
    return next::more;
}

upkeep::next upkeep::restore() {
    if (!worker_.idle()) return next::waiting;
    auto chunk = std::make_shared<std::vector<owned_part>>();
    std::size_t bytes = 0;
    store_.parts(handed_parts_, [&](const part& p) {
        chunk->push_back({p.index, p.hash, std::string(p.body)});
        bytes += p.body.size();
        return bytes < chunk_bytes;
    });
    if (chunk->empty()) {
        at_ = stage::follow;
        return next::more;
    }
    handed_parts_ += chunk->size();
    worker_.run([this, chunk] {
        for (const owned_part& p : *chunk)
            follower_->restore({p.index, p.hash, p.body});
    });
    return next::waiting;
}

upkeep::next upkeep::follow() {
    if (!worker_.idle()) return next::waiting;
    if (handed_seq_ == next_head_.at.seq) {
        worker_.run([this] { follower_->freeze(); });
        next_head_.parts_hash = first_link(next_head_);
        at_ = stage::write;
        return next::waiting;
    }
    auto chunk = std::make_shared<std::vector<owned_row>>();
    std::size_t bytes = 0;
    store_.rows(handed_seq_, [&](const row& r) {
        chunk->push_back({r.at, std::string(r.body)});
        bytes += r.body.size();
        handed_seq_ = r.at.seq;
        return bytes < std::max(chunk_bytes, 4 * last_row_) && r.at.seq < next_head_.at.seq;
    });
    if (chunk->empty())
        throw refusal({trouble_kind::damaged,
                       store_.base().file() + ": batches that were written are missing"});
    worker_.run([this, chunk] {
        for (const owned_row& r : *chunk)
            follower_->follow({r.at, r.body});
    });
    return next::waiting;
}

upkeep::next upkeep::write(bool busy) {
    if (worker_.idle()) {
        std::move(made_.begin(), made_.end(), std::back_inserter(ready_));
        made_.clear();
        if (!follower_->over()) {
            if (ready_.size() * part_bytes < parts_ahead_bytes)
                worker_.run([this] { follower_->make_parts(parts_ahead_bytes, made_); });
        } else if (ready_.empty()) {
            publish();
            return next::more;
        }
    }
    if (ready_.empty()) return next::waiting;
    // Faster than the rows grow, however large they are.
    const std::size_t count = std::min(ready_.size(), 1 + 4 * last_row_ / part_bytes);
    store_.begin(!busy);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string& body = ready_.front();
        const digest128 hash = link(next_head_.parts_hash, next_head_.parts, 0, body);
        store_.add_part(next_head_.number, {next_head_.parts, hash, body});
        next_head_.parts_hash = hash;
        next_head_.bytes += body.size();
        ++next_head_.parts;
        ready_.pop_front();
    }
    store_.commit();
    return next::more;
}

void upkeep::publish() {
    next_head_.remembered_bytes = follower_->remembered_bytes();
    store_.publish(next_head_);
    ++snapshots_;
    since_ = rows_behind_;
    ended_before_ = next_ended_before_;
    // A core takes its time to go.
    worker_.run([this] { follower_.reset(); });
    at_ = stage::sweep;
}

}  // namespace admit::journal
