#include "server/journal/sqlite/life.hpp"

#include "server/journal/wall_clock.hpp"

namespace admit::journal {
namespace {

std::string when(const position& at) {
    return at.wall_ms != 0 ? " (written " + wall_text(at.wall_ms) + ")" : std::string();
}

std::string missing(const position& have, const position& told) {
    const std::string first = std::to_string(have.seq + 1);
    const std::string last = std::to_string(told.seq);
    std::string what = have.seq + 1 == told.seq
                           ? "batch " + last + " is missing"
                           : "batches " + first + " to " + last + " are missing";
    what += ": the last one was durable" + when(told) + ", and the journal ends ";
    what +=
        have.seq == 0 ? "before the first" : "with batch " + std::to_string(have.seq) + when(have);
    return what;
}

}  // namespace

verdict judge(const std::optional<mark>& found, const head& h, const position& newest,
              const std::optional<digest128>& hash_of_marked, const std::string& boot) {
    if (!found) {
        if (newest.seq == 0) return {};
        return {.lost = "journal.mark is missing or damaged, so nobody knows whether batch " +
                        std::to_string(newest.seq) + when(newest) + " was the last one",
                .forgot = true};
    }
    const mark& m = *found;
    if (m.id != h.id) {
        // A new journal beside the mark of one that never came to anything.
        if (m.at.seq == 0 && newest.seq == 0) return {};
        return {.lost =
                    "journal.db is not the journal that journal.mark tells of, which had come "
                    "to batch " +
                    std::to_string(m.at.seq) + when(m.at),
                .forgot = true};
    }
    const bool machine_went_down = !m.clean && (boot.empty() || m.boot != boot);
    const bool may_forget = machine_went_down && m.relaxed;
    if (m.at.seq > newest.seq) {
        if (may_forget) return {.lost = {}, .forgot = true};
        return {.lost = missing(newest, m.at), .forgot = true};
    }
    if (m.at.seq >= h.at.seq && hash_of_marked != m.at.hash)
        return {.lost = "batch " + std::to_string(m.at.seq) + when(m.at) +
                        " is not the one that was written",
                .forgot = true};
    return {.lost = {},
            .forgot = m.quarantine || may_forget,
            .restored = m.quarantine && m.restored};
}

}  // namespace admit::journal
