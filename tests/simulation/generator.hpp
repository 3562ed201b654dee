// Makes up what happens next: a small universe, so that everything collides with everything.
#pragma once

#include "tests/simulation/dice.hpp"
#include "tests/simulation/duel.hpp"

#include <map>
#include <string>
#include <vector>

namespace admit::test {

/// Small memory and small slices, different ones for each seed.
core::settings random_settings(dice&);

class generator {
public:
    /// The story goes on from the state of `model`, which outlives the generator.
    generator(dice& random, const model& state) : random_(random), state_(state) {}

    beat next(core::instant now);
    /// Learns what the last beat answered.
    void heard(const beat&, const answers&);

private:
    core::command command();
    core::acquire acquire();
    core::acquire repeat_of(const core::acquire&);
    core::abandon abandon();
    core::set_pool set_pool();
    core::delete_pool delete_pool();
    core::precondition precondition(const std::string& pool);
    pool_change change();
    pause rest(core::instant now);

    const core::acquire* left_alone();
    std::string pool();
    std::string any_pool();
    bool exists(const std::string& pool) const;
    std::string known_id();
    std::string worker();
    std::string id();
    admit::token token();
    std::vector<admit::token> tokens();
    std::string pool_of(admit::token);
    admit::ticket ticket();

    dice& random_;
    const model& state_;
    core::call_id next_call_ = 1;
    int server_ids_ = 0;
    std::vector<core::acquire> asked_;              ///< lately, to be repeated
    std::map<core::call_id, admit::token> handed_;  ///< answers that may still get lost
    bool drained_ = false;
    bool due_ = false;
};

}  // namespace admit::test
