// A core that lives through something made up, and the frames that it leaves behind.
#pragma once

#include "server/core/core.hpp"
#include "server/journal/journal.hpp"
#include "tests/simulation/dice.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace admit::journal::test {

/// Settings under which everything happens within few commands.
core::settings story_settings();

class story {
public:
    explicit story(std::uint64_t seed, core::settings = story_settings());

    /// A batch of at least so many frames, none of them empty; what is due is done.
    std::vector<frame> batch(std::size_t frames);
    /// So many leases in one frame each, that nobody ends. A second passes.
    std::vector<frame> leases(std::size_t count, const std::string& pool = "bulk");
    /// Ends the oldest of those. A second passes.
    std::vector<frame> releases(std::size_t count);

    const core::core& state() const noexcept { return *state_; }

private:
    void run(const core::command&, std::vector<frame>& out);
    core::command something();

    admit::test::dice random_;
    std::unique_ptr<core::core> state_;
    core::instant now_{core::from_ms(1)};
    core::effects effects_;
    core::call_id calls_ = 0;
    std::uint64_t newest_token_ = 0;
    std::vector<admit::token> bulk_;
    std::size_t ended_bulk_ = 0;
};

}  // namespace admit::journal::test
