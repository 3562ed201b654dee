#include "tests/engine/hand_time.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace admit::engine::test {

class hand_time::hand_alarm final : public alarm {
public:
    explicit hand_alarm(std::shared_ptr<entry> e) : entry_(std::move(e)) {}
    ~hand_alarm() override { cancel(); }
    hand_alarm(const hand_alarm&) = delete;
    hand_alarm& operator=(const hand_alarm&) = delete;

    void set(nanoseconds at) override {
        if (!entry_->cancelled)
            entry_->at = at;
    }
    void cancel() override {
        entry_->cancelled = true;
        entry_->at.reset();
    }

private:
    std::shared_ptr<entry> entry_;
};

alarm_maker hand_time::alarms() {
    return [this](loop& on, std::function<void()> ring) -> std::unique_ptr<alarm> {
        entries_.push_back(std::make_shared<entry>());
        entries_.back()->on = &on;
        entries_.back()->ring = std::move(ring);
        return std::make_unique<hand_alarm>(entries_.back());
    };
}

hand_time::entry* hand_time::first() {
    entry* found = nullptr;
    for (const auto& e : entries_) {
        if (e->at && !stalled(*e->on) && (found == nullptr || *e->at < *found->at))
            found = e.get();
    }
    return found;
}

std::optional<nanoseconds> hand_time::next() const {
    const entry* e = const_cast<hand_time*>(this)->first();
    return e != nullptr ? e->at : std::nullopt;
}

void hand_time::advance(nanoseconds by, const std::function<void()>& turn) {
    const nanoseconds end = now_ + by;
    turn();
    for (entry* e = first(); e != nullptr && *e->at <= end; e = first()) {
        now_ = std::max(now_, *e->at);
        e->at.reset();
        boost::asio::post(e->on->context(), [e] {
            if (!e->cancelled)
                e->ring();
        });
        turn();
    }
    now_ = std::max(now_, end);
    turn();
}

void hand_time::stall(loop& l, bool stalled) {
    std::erase(stalled_, &l);
    if (stalled)
        stalled_.push_back(&l);
}

bool hand_time::stalled(const loop& l) const {
    return std::find(stalled_.begin(), stalled_.end(), &l) != stalled_.end();
}

}  // namespace admit::engine::test
