#include "client/cli/scene.hpp"

#include <algorithm>

namespace admit::client {

std::string line_of(const happening& h) {
    const char* const what = h.what == happening::kind::acquired   ? "acquired"
                             : h.what == happening::kind::rejected ? "rejected"
                                                                   : "released";
    return "Worker " + std::to_string(h.worker) + ": " + what + " (" + std::to_string(h.active) +
           "/" + std::to_string(h.limit) + " active)";
}

bool scene::follows(const happening& h) const noexcept {
    switch (h.what) {
        case happening::kind::acquired:
            return h.active == active_ + 1;
        case happening::kind::rejected:
            return h.active == active_;
        case happening::kind::released:
            return h.active == active_ - 1;
    }
    return false;
}

std::vector<std::string> scene::add(const happening& h) {
    early_.push_back(h);
    std::vector<std::string> lines;
    for (;;) {
        const auto next = std::find_if(early_.begin(), early_.end(),
                                       [this](const happening& e) { return follows(e); });
        if (next == early_.end()) return lines;
        lines.push_back(line_of(*next));
        active_ = next->active;
        early_.erase(next);
    }
}

std::vector<std::string> scene::rest() {
    std::vector<std::string> lines;
    for (const happening& h : early_)
        lines.push_back(line_of(h));
    early_.clear();
    return lines;
}

}  // namespace admit::client
