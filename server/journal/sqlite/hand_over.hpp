// Hands what is read from a journal to a visitor on a thread of its own: reading, checking and
// decoding go on meanwhile, which takes a fifth of a long replay off its time.
#pragma once

#include "server/journal/journal.hpp"
#include "server/journal/sqlite/background.hpp"

#include <cstddef>
#include <variant>
#include <vector>

namespace admit::journal {

/// One reader hands over in the order of the journal. It is ahead by no more than a batch.
class hand_over {
public:
    /// `to` outlives it; its `restore` and `visit` are called.
    explicit hand_over(const replay_visitor& to);

    /// These two throw what the visitor threw at something before. After that nothing is handed
    /// over any more.
    void restore(const core::image&);
    void visit(const frame&);
    /// Waits until all has been handed over. Throws likewise.
    void finish();

private:
    void add(std::size_t weight);
    void send();
    /// Until the batch before has been handed over.
    void wait();

    const replay_visitor& to_;
    std::vector<std::variant<core::image, frame>> filling_;
    std::vector<std::variant<core::image, frame>> under_way_;  ///< the visitor's thread has it
    std::size_t weight_ = 0;                                   ///< of `filling_`, in records
    bool failed_ = false;
    background worker_;
};

}  // namespace admit::journal
