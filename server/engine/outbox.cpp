#include "server/engine/outbox.hpp"

#include <algorithm>
#include <utility>

namespace admit::engine {

void outbox::add(loop& home, loop::completion&& c) {
    auto found = std::find_if(batches_.begin(), batches_.end(),
                              [&home](const batch& b) { return b.home == &home; });
    if (found == batches_.end())
        found = batches_.insert(found, batch{&home, {}});
    found->completions.push_back(std::move(c));
}

void outbox::deliver() {
    for (batch& b : batches_)
        b.home->deliver(b.completions);
    batches_.clear();
}

}  // namespace admit::engine
