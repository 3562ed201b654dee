// A data directory or a backup as it is read for people and programs: what its files say, the state
// that they lead to, and what is wrong with them.
#pragma once

#include "proto/answers.hpp"
#include "server/core/core.hpp"
#include "server/journal/inspect.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace admit::config {

class look {
public:
    /// Reads everything once. `in` outlives it.
    explicit look(journal::inspection& in);

    const journal::inspected& facts() const { return in_.facts(); }
    /// What is wrong, one line each; empty where a server would start with it.
    const std::vector<std::string>& wrong() const noexcept { return wrong_; }
    /// Whether the state could be built up to the newest batch.
    core::raised next_numbers() const { return state_->next_numbers(); }
    core::core::counts counts() const { return state_->count(); }
    /// Milliseconds of the lease clock at the newest batch.
    std::int64_t clock_ms() const noexcept { return core::to_ms(newest_.time_since_epoch()); }

    // As a server would have them that starts now: each lease with its whole TTL. In pages.
    void pools(const std::function<void(const pool_view&)>& each);
    void leases(const std::function<void(const leases_page&)>& each);
    void waiters(const std::function<void(const waiters_page&)>& each);

    /// The batches since the snapshot, as far as they can be read.
    void batches(
        const std::function<void(const journal::batch_place&, const journal::frame&)>& each) {
        in_.batches(each);
    }

private:
    void read();
    template <class Answer>
    Answer ask(const core::command&);
    template <class Page, class List>
    void list(const std::function<void(const Page&)>& each);

    journal::inspection& in_;
    std::unique_ptr<core::core> state_;
    core::instant newest_{};
    core::effects effects_;
    core::call_id calls_ = 0;
    std::vector<std::string> wrong_;
};

// The two ways to show it.
void write_text(look&, std::ostream&);
void write_json(look&, std::ostream&);

}  // namespace admit::config
