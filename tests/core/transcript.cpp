#include "tests/core/transcript.hpp"

#include "tests/support/render.hpp"
#include "tests/support/text.hpp"
#include "tests/support/world.hpp"

#include <memory>
#include <sstream>
#include <vector>

namespace admit::test {
namespace {

core::settings parse_settings(words& w) {
    core::settings s;
    s.remember_ms = w.take_ms("remember").value_or(s.remember_ms);
    const auto number = [&w](std::string_view key, std::uint64_t usual) {
        return static_cast<std::uint64_t>(
            w.take_number(key).value_or(static_cast<std::int64_t>(usual)));
    };
    s.ended_max = number("ended_max", s.ended_max);
    s.slice_records = number("slice", s.slice_records);
    s.first_token = number("first_token", s.first_token);
    s.first_ticket = number("first_ticket", s.first_ticket);
    w.finish();
    return s;
}

class player {
public:
    /// What one line brings about, each line of it ended.
    std::string play(const std::string& line) {
        words w(line);
        const std::string& verb = w.verb();
        if (verb == "settings") {
            world_ = std::make_unique<world>(parse_settings(w));
            return {};
        }
        if (verb == "advance") return came_out(world_->advance(w.take()));
        if (verb == "oversleep") {
            world_->oversleep(parse_duration(w.take()));
            return {};
        }
        if (verb == "restart") return came_out(world_->restart());
        if (verb == "events") {
            show_events_ = true;
            return {};
        }
        if (verb == "count") return count();
        return run(line);
    }

private:
    std::string run(const std::string& line) {
        const world::outcome& out = world_->run(line);
        std::string result = came_out(out);
        if (verb_of(line) == "acquire" && world_->answer_to(out.call) == nullptr) {
            result += "#" + std::to_string(out.call) + " waits\n";
        }
        return result;
    }

    static std::string verb_of(const std::string& line) { return words(line).verb(); }

    std::string came_out(const world::outcome& out) const {
        std::string result;
        for (const core::record& record : out.effects.records)
            result += render(record) + '\n';
        for (const core::reply& reply : out.effects.replies) {
            if (reply.call < 1'000'000) result += "#" + std::to_string(reply.call) + ' ';
            result += render(reply.answer) + '\n';
        }
        if (show_events_) {
            for (const core::event& e : out.effects.events)
                result += "! " + render(e) + '\n';
        }
        if (out.slices > 1 && out.call != 0) {
            result += "in " + std::to_string(out.slices) + " slices\n";
        }
        return result;
    }

    std::string count() const {
        const auto n = world_->core().count();
        text line("count");
        line.id("pools", n.pools).id("leases", n.leases).id("waiters", n.waiters);
        line.id("calls", n.calls).id("ended", n.ended).id("cancelled_ids", n.cancelled_ids);
        return line.str() + '\n';
    }

    std::unique_ptr<world> world_ = std::make_unique<world>();
    bool show_events_ = false;
};

}  // namespace

namespace {

/// The commands of one block, and after them what came out: of several, under each one's own line.
std::string play_block(player& p, const std::vector<std::string>& commands) {
    std::string result;
    for (const std::string& command : commands) {
        if (commands.size() > 1) result += "> " + command + '\n';
        result += p.play(command);
    }
    return result.empty() ? "(nothing)\n" : result;
}

}  // namespace

std::string play_transcript(const std::string& transcript) {
    player p;
    std::istringstream lines(transcript);
    std::string result;
    std::vector<std::string> commands;
    bool old_output = false;
    for (std::string line; std::getline(lines, line);) {
        if (old_output && !line.empty()) continue;
        old_output = false;
        result += line + '\n';
        if (line == "----") {
            result += play_block(p, commands);
            commands.clear();
            // What came out before is dropped up to the blank line that ends it.
            old_output = true;
        } else if (!line.empty() && line[0] != '#') {
            commands.push_back(line);
        }
    }
    return result;
}

}  // namespace admit::test
