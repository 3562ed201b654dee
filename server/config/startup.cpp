#include "server/config/startup.hpp"

#include "server/config/apply.hpp"
#include "server/config/handle_key.hpp"
#include "server/journal/trouble.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace admit::config {

using telemetry::log_level;

startup::startup(parts with, std::vector<core::set_pool> pools, outcome then)
    : with_(with), pools_(std::move(pools)), then_(std::move(then)) {}

startup::~startup() {
    if (thread_.joinable()) thread_.join();
}

void startup::begin() {
    begun_ = std::chrono::steady_clock::now();
    thread_ = std::thread([this] { recover(); });
}

/// On the thread of its own.
void startup::recover() {
    std::function<void()> next = [] {};
    const auto refused = [this](int status, std::string why) {
        return [this, status, why = std::move(why)] { refuse(status, why); };
    };
    try {
        if (auto found = with_.engine.recover())
            next = [this, found = std::move(*found)] { recovered(found); };
    } catch (const journal::refusal& why) {
        next = refused(status_of(why.kind), why.what());
    } catch (const std::exception& why) { next = refused(status::internal, why.what()); }
    boost::asio::post(with_.first.context(), [this, next = std::move(next)] {
        thread_.join();  // it has nothing more to do
        next();
    });
}

void startup::recovered(const engine::recovery& found) {
    if (!with_.state.directory.empty()) {
        tell(found);
        if (!settle_key(found)) return;
    }
    apply(std::move(pools_), with_.engine, with_.first, [this](const applied& all) {
        if (!all.faults.empty()) return refuse(status::bad_config, all.faults.front());
        for (const std::string& line : all.overridden)
            with_.log.say(log_level::info, "config_overrode", line);
        // Nothing else happens to pools until the engine opens.
        list_pools(
            with_.engine, with_.first, [this](const pool_view& pool) { with_.metrics.seen(pool); },
            [this] { open(); });
    });
}

void startup::tell(const engine::recovery& found) const {
    using std::chrono::milliseconds;
    const auto took =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun_);
    std::string text = "The state is in " + with_.state.directory;
    if (found.life.any)
        text += ": " + std::to_string(found.counts.pools) + " pools, " +
                std::to_string(found.counts.leases) + " leases and " +
                std::to_string(found.counts.waiters) + " kept places, read in " +
                std::to_string(took.count()) + " ms";
    else
        text += ", which is new";
    with_.log.say(log_level::info, "recovered", std::move(text));
    if (with_.state.on == file_system::memory)
        with_.log.say(log_level::warn, "data_in_memory",
                      with_.state.directory +
                          " is in the machine's memory: nothing of it outlives the machine");
    if (found.life.lost_records)
        with_.log.say(
            log_level::warn, "data_lost",
            "Some of what was answered is lost, and that was accepted: leases may be held "
            "that are not known here. Tokens go on far above all that were given");
    if (found.quarantine.count() > 0)
        with_.log.say(
            log_level::warn, "quarantine",
            std::string(found.life.restored
                            ? "This state was restored from a backup, and leases that were given "
                              "since are not known: nobody is admitted for "
                            : "The machine went down and may have forgotten the last moments: "
                              "nobody is admitted for ") +
                std::to_string(std::chrono::ceil<milliseconds>(found.quarantine).count()) + " ms");
}

bool startup::settle_key(const engine::recovery& found) {
    if (!with_.state.key_is_new) return true;
    const std::string& directory = with_.state.directory;
    if (found.counts.leases > 0 && !with_.accept_data_loss) {
        refuse(status::bad_config,
               directory + "/handle.key is missing, and the handles of " +
                   std::to_string(found.counts.leases) +
                   " leases were made with it: put it back; with --accept-data-loss there is a new "
                   "one, and who holds them can neither renew nor release them");
        return false;
    }
    if (const auto wrong = write_handle_key(directory, with_.state.key)) {
        refuse(status::internal, wrong->text);
        return false;
    }
    return true;
}

void startup::open() {
    with_.disk.start();
    with_.engine.open();
    if (!with_.engine.failed()) then_.ready();
}

void startup::refuse(int status, std::string why) {
    // Where the journal has failed or the process is told to end, that is what ends it.
    if (with_.engine.failed()) return;
    then_.refused({status, std::move(why)});
}

}  // namespace admit::config
