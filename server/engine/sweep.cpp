#include "server/engine/sweep.hpp"

#include "server/engine/limits.hpp"

#include <utility>

namespace admit::engine {

sweep::sweep(std::span<loop* const> loops, std::function<void()> on_pass)
    : loops_(loops), on_pass_(std::move(on_pass)) {}

void sweep::demand() {
    wanted_ = limits::passes_after_stall;
    if (!pending())
        begin();
}

bool sweep::pass_over() {
    if (--passing_ > 0)
        return false;
    if (wanted_ == 0)
        return true;
    begin();
    return false;
}

void sweep::begin() {
    --wanted_;
    passing_ = loops_.size();
    for (loop* l : loops_)
        l->full_pass(on_pass_);
}

}  // namespace admit::engine
