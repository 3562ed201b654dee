// What an engine must do, said by a second core: the same commands in the same order, and for each
// reply the number of frames that have to be durable before it may leave.
#pragma once

#include "tests/engine/rig.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace admit::engine::test {

/// A rig whose time stands still, watched by a core that decides the same.
class shadowed {
public:
    explicit shadowed(rig_options);

    core::call_id submit(const core::command&, std::size_t home = 0);
    void abandon(core::call_id, admit::token granted = 0);
    /// Checks after each turn of the loops: what may be known is known, what may not is not, and
    /// the journal has exactly the frames that were decided, as far as it got.
    void check();

    /// Tokens of the leases that were granted so far, whether anybody knows or not.
    const std::vector<admit::token>& granted() const { return granted_; }
    /// Those that have not ended.
    const std::set<admit::token>& live() const { return live_; }
    std::size_t frames() const { return frames_.size(); }
    /// Calls that are decided, with the number of frames that had been decided by then.
    const std::map<core::call_id, std::size_t>& decided() const { return decided_; }
    std::size_t submitted() const { return submitted_; }

    rig actual;

private:
    void step(const core::command&, core::call_id);
    void take();

    core::core core_;
    core::effects effects_;
    std::map<core::call_id, std::size_t> decided_;
    std::map<core::call_id, admit::answer> answers_;
    std::vector<std::string> frames_;
    std::vector<admit::token> granted_;
    std::set<admit::token> live_;
    std::size_t submitted_ = 0;
    std::size_t compared_ = 0;  ///< frames of the journal
};

}  // namespace admit::engine::test
