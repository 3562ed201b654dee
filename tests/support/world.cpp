#include "tests/support/world.hpp"

#include "tests/support/command_line.hpp"
#include "tests/support/render.hpp"
#include "tests/support/words.hpp"

#include <iterator>
#include <stdexcept>

namespace admit::test {
namespace {

template <class T>
void move_all(std::vector<T>& from, std::vector<T>& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// The numbers of a later process: above all that `text` may have given.
std::uint64_t next_thousand(std::uint64_t number) { return (number / 1000 + 1) * 1000; }

}  // namespace

world::world(core::settings settings)
    : settings_(settings),
      core_(std::make_unique<core::core>(settings)),
      raised_{settings.first_token, settings.first_ticket} {}

void world::absorb(core::effects& out) {
    for (const core::record& record : out.records) {
        if (core::is_durable(record)) journal_.push_back({record, now_});
    }
    for (const core::reply& reply : out.replies) {
        if (!answers_.emplace(reply.call, reply.answer).second) {
            throw std::logic_error("answered twice: call " + std::to_string(reply.call));
        }
    }
    move_all(out.records, last_.effects.records);
    move_all(out.replies, last_.effects.replies);
    move_all(out.events, last_.effects.events);
}

void world::finish_slices() {
    while (scratch_.more) {
        core_->resume(now_, scratch_);
        absorb(scratch_);
        ++last_.slices;
    }
}

core::call_id world::number(const core::command& command) {
    return std::holds_alternative<core::acquire>(command) ? next_acquire_++ : next_other_++;
}

void world::step(const core::command& command, core::call_id call) {
    core_->step(command, call, now_, scratch_);
    absorb(scratch_);
    finish_slices();
}

const world::outcome& world::run(const core::command& command) {
    last_ = {};
    last_.call = number(command);
    step(command, last_.call);
    return last_;
}

const world::outcome& world::run(std::string_view line) {
    core::command command = parse_command(line);
    if (auto* acquire = std::get_if<core::acquire>(&command);
        acquire != nullptr && acquire->request_id.empty()) {
        acquire->request_id = "server-" + std::to_string(next_acquire_);
    }
    return run(command);
}

admit::answer world::ask(std::string_view line) {
    const core::call_id call = run(line).call;
    const admit::answer* answer = answer_to(call);
    if (answer == nullptr) throw std::logic_error("not answered: " + std::string(line));
    return *answer;
}

core::call_id world::park(std::string_view line) {
    const core::call_id call = run(line).call;
    if (const admit::answer* answer = answer_to(call)) {
        throw std::logic_error(std::string(line) + " does not wait: " + render(*answer));
    }
    return call;
}

const admit::answer* world::answer_to(core::call_id call) const {
    const auto found = answers_.find(call);
    return found == answers_.end() ? nullptr : &found->second;
}

const world::outcome& world::advance(core::duration d) {
    last_ = {};
    last_.slices = 0;
    const core::instant until = now_ + d;
    int at_once = 0;
    while (true) {
        const auto due = core_->next_deadline();
        if (!due || *due > until) break;
        // An expire that leaves its deadline standing would be called for ever.
        at_once = *due > now_ ? 0 : at_once + 1;
        if (at_once > 3) throw std::logic_error("expire does not end what is due");
        now_ = std::max(now_, *due);
        ++last_.slices;
        step(core::expire{}, next_other_++);
    }
    now_ = until;
    return last_;
}

const world::outcome& world::advance(std::string_view text) {
    return advance(parse_duration(text));
}

std::unique_ptr<core::core> world::replayed() const {
    auto fresh = std::make_unique<core::core>(settings_);
    for (const journaled& record : journal_)
        fresh->replay(record.what, record.at);
    return fresh;
}

const world::outcome& world::restart() {
    raised_ = {next_thousand(raised_.next_token), next_thousand(raised_.next_ticket)};
    core_ = replayed();
    core_->raise(raised_, now_, scratch_);
    absorb(scratch_);
    last_ = {};
    core_->recovered(now_, scratch_);
    absorb(scratch_);
    finish_slices();
    return last_;
}

}  // namespace admit::test
