// admitd: constructs, wires, runs and drains the server. The table of contents of the program.
#include "server/config/apply.hpp"
#include "server/config/healthcheck.hpp"
#include "server/config/io_threads.hpp"
#include "server/config/options.hpp"
#include "server/config/orderly_end.hpp"
#include "server/config/pools.hpp"
#include "server/config/process.hpp"
#include "server/config/reload.hpp"
#include "server/config/signals.hpp"
#include "server/config/version.hpp"
#include "server/config/watch.hpp"
#include "server/engine/engine.hpp"
#include "server/http/server.hpp"
#include "server/journal/open.hpp"
#include "server/telemetry/fan_out.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <iostream>

namespace {

using namespace admit;
using namespace admit::config;

int fail(int status, const std::string& why) {
    std::cerr << "admitd: " << why << '\n';
    return status;
}

/// The parts of the server, in the order in which they need each other.
class program {
public:
    /// Binds the address. Throws boost::system::system_error where it cannot.
    program(const options&, journal::journal&);

    /// Serves until it is told to end. Returns the exit status.
    int run(std::vector<core::set_pool> pools);

private:
    int fail_to_start(const std::string& why);
    void journal_failed(std::error_code);

    const options options_;
    telemetry::log log_{options_.log};
    telemetry::metrics metrics_{
        {.version = version(), .commit = commit(), .routes = metric_routes()}};
    telemetry::fan_out watchers_{{&metrics_, &log_}};
    exchange_watch exchanges_{metrics_, log_};
    io_threads threads_{options_.threads, metrics_};
    engine::system_monotonic_clock clock_;
    engine::engine engine_;
    http::server server_;
    orderly_end end_;
    reloader reloader_{options_, engine_, threads_.first(), log_};
    std::optional<signals> signals_;
};

program::program(const options& o, journal::journal& journal)
    : options_(o),
      engine_({.core = ephemeral_settings(),
               .watch = &watchers_,
               .make_alarm = {},
               .on_journal_failure = [this](std::error_code why) { journal_failed(why); }},
              journal, clock_, threads_.loops()),
      server_({.listen = o.listen,
               .handle_key = http::fresh_key(),
               .version = version(),
               .commit = commit(),
               .metrics = [this] { return metrics_.text(); },
               .watch = &exchanges_},
              engine_, threads_.loops()),
      end_(engine_, server_, threads_.first(), log_, o.drain, [this] {
          if (signals_) signals_->stop(end_.status());
          threads_.let_go();
      }) {
    metrics_.ask([this] { return figures_of(engine_, server_, log_); });
}

int program::run(std::vector<core::set_pool> pools) {
    engine_.start();
    if (const auto faults = apply_now(std::move(pools), engine_, threads_.first()); !faults.empty())
        return fail_to_start(faults.front());
    for (const pool_view& pool : pools_now(engine_, threads_.first()))
        metrics_.seen(pool);
    if (!engine_.ready()) return fail_to_start("the journal failed");
    if (!options_.listen.address().is_loopback())
        log_.say(telemetry::log_level::warn, "no_auth",
                 "--no-auth: everybody who can reach this address may do everything");
    signals_.emplace(
        threads_.first(), [this] { end_.begin(status::ok, "Asked to end"); },
        [this] { reloader_.reload(); });
    server_.start();
    std::cout << "admitd listening on " << server_.address() << std::endl;
    threads_.run();
    return end_.status();
}

int program::fail_to_start(const std::string& why) {
    // Where the journal has failed, it is not the configuration that is wrong.
    const int earned = engine_.ready() ? status::bad_config : status::internal;
    engine_.stop();
    return fail(earned, why);
}

/// Any thread.
void program::journal_failed(std::error_code why) {
    boost::asio::post(threads_.first().context(), [this, why] {
        end_.begin(status::internal, "The journal failed (" + why.message() + ")");
    });
}

int serve(const options& o) {
    prepare_process();
    hold_signals();
    auto pools = wanted_pools(o.config_file, o.pools);
    if (const auto* const wrong = std::get_if<error>(&pools))
        return fail(status::bad_config, wrong->text);
    const journal::opened journal = journal::open("memory");
    if (const auto* const why = std::get_if<journal::trouble>(&journal))
        return fail(status::internal, why->what);
    try {
        program server(o, *std::get<std::unique_ptr<journal::journal>>(journal));
        return server.run(std::move(std::get<std::vector<core::set_pool>>(pools)));
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

}  // namespace

int main(int argc, char** argv) try {
    const auto parsed = parse(argc, argv);
    if (const auto* const end = std::get_if<early_end>(&parsed)) {
        (end->status == status::ok ? std::cout : std::cerr) << end->text << '\n';
        return end->status;
    }
    const auto& o = std::get<options>(parsed);
    switch (o.what) {
        case action::healthcheck:
            return check_health(o);
        case action::print_routes:
            std::cout << http::routes_text();
            break;
        case action::serve:
            return serve(o);
    }
    return status::ok;
} catch (const std::exception& e) { return fail(status::internal, e.what()); }
