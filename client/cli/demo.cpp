#include "client/cli/demo.hpp"

#include "client/cli/scene.hpp"
#include "client/client.hpp"
#include "client/random.hpp"
#include "client/run/exit_status.hpp"
#include "client/run/notice.hpp"

#include <chrono>
#include <cstdio>
#include <functional>
#include <latch>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace admit::client {
namespace {

constexpr int workers = 4;
constexpr std::int64_t slots = 2;
constexpr std::chrono::milliseconds work{100};
/// Between the workers, so that the first to come is also the first to go.
constexpr std::chrono::milliseconds apart{20};
constexpr std::chrono::seconds patience{30};

/// What the threads of the workers share.
class stage {
public:
    void tell(const happening& h) {
        const std::lock_guard lock{mutex_};
        for (const std::string& line : scene_.add(h))
            print(line);
    }
    void fail(const failure& f) {
        const std::lock_guard lock{mutex_};
        if (!failure_) failure_ = f;
    }
    const std::optional<failure>& end() {
        for (const std::string& line : scene_.rest())
            print(line);
        return failure_;
    }

private:
    static void print(const std::string& line) {
        std::puts(line.c_str());
        std::fflush(stdout);
    }

    std::mutex mutex_;
    scene scene_;
    std::optional<failure> failure_;
};

/// Idle → acquired → busy → idle: one worker, its connection and its lease.
class worker {
public:
    worker(int number, const server_address& server, std::string pool, stage& on)
        : number_(number), stage_(on), client_(server) {
        options_.pool = std::move(pool);
        options_.worker = "worker-" + std::to_string(number);
    }

    /// Acquires with or without waiting. False when that failed, other than by a rejection.
    bool acquire(std::chrono::milliseconds wait) {
        options_.wait = wait;
        const result<admitted> got = client_.acquire(options_);
        if (got) {
            work_until_ = std::chrono::steady_clock::now() + work;
            handle_ = got->handle;
            return tell(happening::kind::acquired, got->lease.pool);
        }
        const failure& f = got.error();
        if (f.why == cause::refused && f.answer.code == errc::pool_full && !f.answer.pools.empty())
            return tell(happening::kind::rejected, f.answer.pools.front());
        stage_.fail(f);
        return false;
    }

    /// Waits in line unless admitted already, works, and gives the slot back.
    void play(std::latch& tried) {
        if (handle_.empty() && (!acquire(patience) || handle_.empty())) return;
        tried.wait();
        std::this_thread::sleep_until(work_until_);
        const result<released_lease> gone = client_.release(handle_);
        if (gone)
            tell(happening::kind::released, gone->pool);
        else
            stage_.fail(gone.error());
    }

private:
    bool tell(happening::kind what, const pool_share& pool) {
        stage_.tell({number_, what, pool.active, pool.limit});
        return true;
    }

    int number_;
    stage& stage_;
    client client_;
    acquire_options options_;
    std::string handle_;
    std::chrono::steady_clock::time_point work_until_;
};

/// Two are admitted, two are rejected and stand in line until the first two have released.
void play(const server_address& server, const std::string& pool, stage& on) {
    std::vector<worker> all;
    all.reserve(workers);
    for (int i = 0; i < workers; ++i)
        all.emplace_back(i, server, pool, on);

    // However slow the machine is: nobody releases before everybody has tried.
    std::latch tried{workers};
    std::vector<std::thread> threads;
    for (worker& w : all) {
        if (w.acquire(std::chrono::milliseconds{0}))
            threads.emplace_back(&worker::play, &w, std::ref(tried));
        tried.count_down();
        std::this_thread::sleep_for(apart);
    }
    for (std::thread& t : threads)
        t.join();
}

}  // namespace

int demo(const server_address& server) {
    client owner{server};
    const std::string pool = "demo-" + random_request_id().substr(0, 8);
    const result<done> made = owner.set_pool(pool, slots);
    if (!made) {
        complain(message(made.error()));
        return exit_status::of(made.error());
    }
    stage here;
    play(server, pool, here);
    const result<done> deleted = owner.delete_pool(pool);
    std::optional<failure> trouble = here.end();
    if (!trouble && !deleted) trouble = deleted.error();
    if (!trouble) return exit_status::ok;
    complain(message(*trouble));
    return exit_status::of(*trouble);
}

}  // namespace admit::client
