// A journal whose appends end when a test says so, and how it says.
#pragma once

#include "server/journal/journal.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

namespace admit::engine::test {

/// For one thread. Keeps the frames of the appends that ended well.
class hand_journal final : public journal::journal {
public:
    /// Whether appends, or those without frames, end at once.
    bool at_once = false;
    bool barriers_at_once = true;
    /// Frames that are durable, and where an earlier process left some, those.
    std::vector<admit::journal::frame> kept;
    /// How many frames each append had, barriers that did not end at once included.
    std::vector<std::size_t> appends;
    bool closed = false;
    /// What it says of the earlier process, besides whether there was one.
    admit::journal::former_life life;
    /// The state that `kept` goes on from, where there was a snapshot.
    std::vector<core::image> images;
    /// Backups that were asked for and are the test's to make.
    std::vector<std::shared_ptr<admit::journal::backup_order>> orders;
    /// Called between the replay's first frames and the last, on its thread.
    std::function<void()> during_replay;

    bool outstanding() const noexcept { return done_.has_value(); }
    /// Ends the outstanding append.
    void complete() { end({}); }
    void fail() { end(std::make_error_code(std::errc::io_error)); }
    /// Ends the outstanding append, and at once whatever comes.
    void let_go();

    admit::journal::append_result append(std::span<const admit::journal::frame>,
                                         const admit::journal::append_done&) override;
    admit::journal::former_life replay(const admit::journal::replay_visitor&) override;
    void close() override { closed = true; }
    bool keeps() const noexcept override { return true; }
    void back_up(const std::shared_ptr<admit::journal::backup_order>& order) override {
        orders.push_back(order);
    }

private:
    void end(std::error_code);

    std::span<const admit::journal::frame> batch_;
    std::optional<admit::journal::append_done> done_;
    bool failed_ = false;
};

}  // namespace admit::engine::test
