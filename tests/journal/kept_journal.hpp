// A journal for tests that keeps its frames in memory and works like one on a disk: appends end on
// a thread of its own, and what was kept is there when it is opened again.
#pragma once

#include "server/journal/journal.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace admit::journal::test {

/// What survives the journal: its disk. Thread-safe.
class shelf {
public:
    void put(std::span<const frame>);
    std::vector<frame> frames() const;
    /// That many further appends end well; the next one fails, and every one after it.
    void break_after(std::size_t appends);
    /// Whether the append that is about to be made fails.
    bool broken();

private:
    mutable std::mutex mutex_;
    std::vector<frame> frames_;
    std::size_t left_ = static_cast<std::size_t>(-1);
};

std::unique_ptr<journal> make_kept(std::shared_ptr<shelf>);

}  // namespace admit::journal::test
