// admitd: constructs, wires, runs and drains the server. The table of contents of the program.
#include "server/config/commands.hpp"
#include "server/config/disk_watch.hpp"
#include "server/config/healthcheck.hpp"
#include "server/config/io_threads.hpp"
#include "server/config/options.hpp"
#include "server/config/orderly_end.hpp"
#include "server/config/pools.hpp"
#include "server/config/process.hpp"
#include "server/config/reload.hpp"
#include "server/config/signals.hpp"
#include "server/config/startup.hpp"
#include "server/config/state_place.hpp"
#include "server/config/version.hpp"
#include "server/config/watch.hpp"
#include "server/engine/engine.hpp"
#include "server/http/server.hpp"
#include "server/telemetry/fan_out.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace admit;
using namespace admit::config;

int fail(int status, const std::string& why) {
    std::cerr << "admitd: " << why << std::endl;
    return status;
}

/// The parts of the server, in the order in which they need each other.
class program {
public:
    /// Binds the address. Throws boost::system::system_error where it cannot.
    program(const options&, const state_place&, std::vector<core::set_pool> pools);

    /// Serves until it is told to end. Returns the exit status.
    int run();

private:
    void ready();
    void refused(const refused_start&);
    void reload();
    void journal_failed(std::error_code);

    const options options_;
    const state_place& state_;
    telemetry::log log_{options_.log};
    telemetry::metrics metrics_{
        {.version = version(), .commit = commit(), .routes = metric_routes()}};
    telemetry::fan_out watchers_{{&metrics_, &log_}};
    exchange_watch exchanges_{metrics_, log_};
    io_threads threads_{options_.threads, metrics_};
    engine::system_monotonic_clock clock_;
    engine::engine engine_;
    http::server server_;
    disk_watch disk_;
    orderly_end end_;
    reloader reloader_{options_, engine_, threads_.first(), log_};
    startup startup_;
    std::optional<signals> signals_;
    bool is_ready_ = false;
    bool reload_when_ready_ = false;
};

program::program(const options& o, const state_place& state, std::vector<core::set_pool> pools)
    : options_(o),
      state_(state),
      engine_({.core = state.core,
               .watch = &watchers_,
               .make_alarm = {},
               .new_token = state.new_token,
               .on_journal_failure = [this](std::error_code why) { journal_failed(why); }},
              *state.journal, clock_, threads_.loops()),
      server_({.listen = o.listen,
               .handle_key = state.key,
               .version = version(),
               .commit = commit(),
               .metrics = [this] { return metrics_.text(); },
               .watch = &exchanges_},
              engine_, threads_.loops()),
      disk_(state.directory, state.directory.empty() ? 0 : o.min_free_bytes, engine_,
            threads_.first(), log_),
      end_(engine_, server_, threads_.first(), log_, o.drain,
           [this] {
               disk_.stop();
               if (signals_) signals_->stop(end_.status());
               threads_.let_go();
           }),
      startup_({engine_, threads_.first(), log_, metrics_, disk_, state, o.accept_data_loss},
               std::move(pools),
               {.ready = [this] { ready(); },
                .refused = [this](const refused_start& why) { refused(why); }}) {
    metrics_.ask([this] { return figures_of(engine_, server_, log_, disk_, *state_.journal); });
}

int program::run() {
    if (!options_.listen.address().is_loopback())
        log_.say(telemetry::log_level::warn, "no_auth",
                 "--no-auth: everybody who can reach this address may do everything");
    signals_.emplace(
        threads_.first(), [this] { end_.begin(status::ok, "Asked to end"); }, [this] { reload(); });
    server_.start();
    startup_.begin();
    threads_.run();
    return end_.status();
}

void program::ready() {
    if (end_.has_begun()) return;
    is_ready_ = true;
    std::cout << "admitd listening on " << server_.address() << std::endl;
    if (reload_when_ready_) reloader_.reload();
}

void program::refused(const refused_start& why) {
    if (!end_.has_begun()) end_.begin(fail(why.status, why.text), "Cannot start");
}

void program::reload() {
    if (is_ready_)
        reloader_.reload();
    else
        reload_when_ready_ = true;
}

/// Any thread.
void program::journal_failed(std::error_code why) {
    std::string text = state_.journal->failure();
    if (text.empty()) text = why.message();
    boost::asio::post(threads_.first().context(), [this, text] {
        end_.begin(status::internal, "The journal failed (" + text + ")");
    });
}

int serve(const options& o) {
    prepare_process();
    hold_signals();
    auto pools = wanted_pools(o.config_file, o.pools);
    if (const auto* const wrong = std::get_if<error>(&pools))
        return fail(status::bad_config, wrong->text);
    const auto state = open_state(o);
    if (const auto* const why = std::get_if<refused_start>(&state))
        return fail(why->status, why->text);
    try {
        program server(o, std::get<state_place>(state),
                       std::move(std::get<std::vector<core::set_pool>>(pools)));
        return server.run();
    } catch (const boost::system::system_error& e) {
        std::cerr << "admitd: cannot listen on " << o.listen << ": " << e.code().message() << '\n';
        return status::unavailable;
    }
}

int check_health(const options& o) {
    const health found = ask_health(o.healthcheck_url, o.listen);
    (found.ready ? std::cout : std::cerr) << found.text << '\n';
    return found.ready ? status::ok : status::unhealthy;
}

int end(const early_end& with) {
    if (with.status != status::ok) return fail(with.status, with.text);
    if (!with.text.empty()) std::cout << with.text << '\n';
    return with.status;
}

}  // namespace

int main(int argc, char** argv) try {
    const auto parsed = parse(argc, argv);
    if (const auto* const early = std::get_if<early_end>(&parsed)) return end(*early);
    const auto& o = std::get<options>(parsed);
    switch (o.what) {
        case action::healthcheck:
            return check_health(o);
        case action::print_routes:
            std::cout << http::routes_text();
            break;
        case action::backup:
            return end(back_up(o));
        case action::restore:
            return end(restore(o));
        case action::inspect:
            return end(inspect(o, std::cout));
        case action::serve:
            return serve(o);
    }
    return status::ok;
} catch (const std::exception& e) { return fail(status::internal, e.what()); }
