// Column d: the simple alternative. A thread for each connection, blocking sockets, one mutex
// around the same core, and a condition variable for each call that waits. It does not notice the
// end of a client that waits, has no deadlines and no limit of connections: it is the form, not a
// product.
#include "bench/desk.hpp"
#include "bench/support/process.hpp"
#include "bench/support/socket.hpp"
#include "server/http/connection.hpp"
#include "server/http/respond.hpp"

#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace {

using namespace admit;
using namespace admit::bench;

http::instant now() { return std::chrono::steady_clock::now().time_since_epoch(); }

/// The desk and the one lock around it.
struct shared {
    std::mutex mutex;
    bench::desk desk;
};

/// A call that waits on its thread. `answered` runs under the lock.
class waiter final : public asker {
public:
    void answered(admit::answer&& what) override {
        answer_ = std::move(what);
        changed_.notify_one();
    }

    admit::answer wait(std::unique_lock<std::mutex>& lock) {
        changed_.wait(lock, [this] { return answer_.has_value(); });
        return std::move(*answer_);
    }

private:
    std::condition_variable changed_;
    std::optional<admit::answer> answer_;
};

/// One connection, served to its end by the thread that calls it.
class session {
public:
    session(shared& s, descriptor socket)
        : shared_(s), socket_(std::move(socket)), connection_(&http::body_bytes_max, now()) {}

    void run() {
        while (!connection_.ended()) {
            if (const http::request* const next = connection_.next(now())) {
                serve(*next);
            } else if (!connection_.output(now()).empty()) {
                if (!write()) return;
            } else {
                const std::span<char> free = connection_.prepare();
                const ssize_t got = ::read(socket_.get(), free.data(), free.size());
                if (got <= 0) return;
                connection_.commit(static_cast<std::size_t>(got), now());
            }
        }
    }

private:
    void serve(const http::request& what) {
        const std::uint64_t serial = what.serial;
        const http::method asked = what.method;
        http::routed to;
        if (what.refused)
            to.what = *what.refused;
        else
            to = shared_.desk.route(what);
        const auto* const command = std::get_if<core::command>(&to.what);
        std::optional<admit::answer> answer;
        if (command != nullptr) answer = decide(*command);

        const http::envelope how{
            {}, connection_.closes(serial), asked == http::method::head, &scratch_};
        std::string& out = connection_.reply(serial);
        if (answer)
            http::respond(*answer, shared_.desk.handles(), how, out);
        else
            http::respond(refusal_of(to), to.allow, how, out);
        connection_.replied(serial, now());
    }

    admit::answer decide(const core::command& what) {
        std::unique_lock lock(shared_.mutex);
        waiter mine;
        std::optional<admit::answer> at_once = shared_.desk.decide(what, mine);
        if (at_once) return std::move(*at_once);
        // What was answered before must not wait with it.
        lock.unlock();
        write();
        if (connection_.input_empty()) connection_.release_input();
        lock.lock();
        return mine.wait(lock);
    }

    bool write() {
        for (std::string_view bytes; !(bytes = connection_.output(now())).empty();) {
            if (!write_all(socket_, bytes)) return false;
            connection_.wrote(bytes.size(), now());
        }
        return true;
    }

    shared& shared_;
    descriptor socket_;
    http::connection connection_;
    std::string scratch_;
};

void serve(shared& s, descriptor socket) {
    try {
        session(s, std::move(socket)).run();
    } catch (const std::exception& e) { std::cerr << "threads_server: " << e.what() << '\n'; }
}

[[noreturn]] void expire_for_ever(shared& s) {
    while (true) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        const std::lock_guard lock(s.mutex);
        s.desk.expire();
    }
}

}  // namespace

int main() try {
    raise_open_files();
    const descriptor listener = listen_anywhere();
    std::cout << "threads_server listening on 127.0.0.1:" << port_of(listener) << std::endl;
    // Lives as long as the process, since the threads do.
    shared& all = *new shared;
    std::thread(expire_for_ever, std::ref(all)).detach();
    while (true) {
        descriptor socket = accept_from(listener, false);
        try {
            std::thread(serve, std::ref(all), std::move(socket)).detach();
        } catch (const std::system_error&) {
            // The system gives no more threads: whoever came is turned away.
        }
    }
} catch (const std::exception& e) {
    std::cerr << "threads_server: " << e.what() << std::endl;
    std::_Exit(1);
}
