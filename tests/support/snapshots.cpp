#include "tests/support/snapshots.hpp"

#include <sstream>

namespace admit::test {
namespace {

std::int64_t ns(core::instant at) { return at.time_since_epoch().count(); }

std::string text(const core::admission_ref& who) {
    std::ostringstream out;
    out << who->pool << ' ' << who->slots << ' ' << who->worker << ' ' << who->request_id << ' '
        << who->by_client << ' ' << who->ttl_ms << ' ' << who->ttl_given << ' ' << who->start;
    for (const auto& [key, value] : who->labels)
        out << ' ' << key << ':' << value;
    return out.str();
}

struct image_text {
    std::ostream& out;

    void operator()(const core::counters_image& i) const {
        out << "counters " << i.next_token << ' ' << i.next_ticket << ' ' << i.next_version << ' '
            << i.next_uid << ' ' << ns(i.at);
    }
    void operator()(const core::pool_image& i) const {
        const pool_settings& s = i.settings;
        out << "pool " << i.pool << ' ' << i.uid << ' ' << name(i.source) << ' ' << i.version << ' '
            << i.held_at_change << ' ' << i.stats.granted << ' ' << i.stats.rejected << ' '
            << i.stats.released << ' ' << i.stats.expired << ' ' << i.stats.evicted << ' '
            << i.avg_held_us << ' ' << s.limit << ' ' << name(s.mode) << " '" << s.note << "' "
            << s.default_ttl_ms << ' ' << s.max_ttl_ms << ' ' << s.max_waiters << ' '
            << s.max_wait_ms << ' ' << s.claim_ms << ' ' << s.start_within_ms;
        for (const auto& [key, value] : s.labels)
            out << ' ' << key << ':' << value;
    }
    void operator()(const core::lease_image& i) const {
        out << "lease " << i.token << ' ' << name(i.state) << ' ' << i.ttl_ms << ' ' << i.keep_ms
            << ' ' << ns(i.granted_at) << ' ' << ns(i.since) << ' ' << i.must_start << ' '
            << text(i.who);
    }
    void operator()(const core::waiter_image& i) const {
        out << "waiter " << i.ticket << ' ' << i.keep_ms << ' ' << ns(i.since) << ' '
            << text(i.who);
    }
    void operator()(const core::ended_image& i) const {
        out << "ended " << i.token << ' ' << name(i.how) << ' ' << i.pool_uid << ' ' << ns(i.at)
            << ' ' << i.held.count() << ' ' << text(i.who);
    }
    void operator()(const core::cancelled_image& i) const {
        out << "cancelled " << i.request_id << ' ' << ns(i.at);
    }
};

std::string render_all(const std::vector<core::image>& all) {
    std::string out;
    for (const core::image& i : all)
        out += admit::test::render(i) + '\n';
    return out;
}

/// What every durable thing looks like, and the digest.
std::string look(const core::core& c) {
    return c.describe(true) + "digest " + std::to_string(c.digest()) + '\n' +
           render_all(images_of(c, 1'000));
}

}  // namespace

std::string render(const core::image& i) {
    std::ostringstream out;
    std::visit(image_text{out}, i);
    return out.str();
}

std::vector<core::image> images_of(const core::core& c, std::size_t slice) {
    std::vector<core::image> all;
    for (core::image_cursor at; !at.over;)
        c.images(at, slice, all);
    return all;
}

std::unique_ptr<core::core> restored(const core::settings& s,
                                     const std::vector<core::image>& images) {
    auto fresh = std::make_unique<core::core>(s);
    for (const core::image& i : images)
        fresh->restore(i);
    return fresh;
}

std::string snapshot_difference(const core::settings& s, const std::vector<journaled>& journal,
                                std::size_t cut, std::size_t slice) {
    core::core whole(s);
    std::unique_ptr<core::core> cut_off;
    for (std::size_t i = 0; i <= journal.size(); ++i) {
        if (i == cut) {
            const auto images = images_of(whole, slice);
            cut_off = restored(s, images);
            if (render_all(images_of(whole, slice + 1)) != render_all(images))
                return "snapshot: another walk with other slices\n";
            if (look(*cut_off) != look(whole))
                return "snapshot: the state\n" + look(whole) + "is restored as\n" + look(*cut_off);
        }
        if (i == journal.size()) break;
        whole.replay(journal[i].what, journal[i].at);
        if (cut_off != nullptr) cut_off->replay(journal[i].what, journal[i].at);
    }
    if (cut_off == nullptr || look(*cut_off) == look(whole)) return {};
    return "snapshot: after " + std::to_string(cut) + " of " + std::to_string(journal.size()) +
           " records, then the rest\n" + look(whole) + "is restored as\n" + look(*cut_off);
}

}  // namespace admit::test
