#include "server/journal/sqlite/hand_over.hpp"

namespace admit::journal {
namespace {

/// Enough that two threads seldom meet, and little beside the state.
constexpr std::size_t batch_records = 1'024;

}  // namespace

hand_over::hand_over(const replay_visitor& to) : to_(to), worker_([] {}) {}

void hand_over::restore(const core::image& i) {
    filling_.emplace_back(i);
    add(1);
}

void hand_over::visit(const frame& f) {
    filling_.emplace_back(f);
    add(1 + f.records.size());
}

void hand_over::finish() {
    if (failed_) return;
    send();
    wait();
}

void hand_over::add(std::size_t weight) {
    weight_ += weight;
    if (weight_ >= batch_records) send();
}

void hand_over::send() {
    if (failed_) return;
    wait();
    under_way_.swap(filling_);
    filling_.clear();
    weight_ = 0;
    worker_.run([this] {
        for (const auto& each : under_way_) {
            if (const auto* f = std::get_if<frame>(&each))
                to_.visit(*f);
            else
                to_.restore(std::get<core::image>(each));
        }
    });
}

void hand_over::wait() {
    try {
        worker_.wait();
    } catch (...) {
        failed_ = true;
        throw;
    }
}

}  // namespace admit::journal
