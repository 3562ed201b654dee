// Prints what the journal takes of time, for docs/benchmarks.md. Not a test: the figures are those
// of the disk below the directory that is named.
//   journal_figures DIRECTORY [LEASES]
#include "tests/journal/keeper.hpp"
#include "tests/journal/story.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <string>
#include <vector>

namespace admit::journal {
namespace {

using clock = std::chrono::steady_clock;
using ms = std::chrono::duration<double, std::milli>;

class samples {
public:
    void add(clock::duration d) { all_.push_back(ms(d).count()); }
    template <class F>
    void time(const F& f) {
        const auto begun = clock::now();
        f();
        add(clock::now() - begun);
    }
    void print(const char* what) {
        std::sort(all_.begin(), all_.end());
        const auto at = [this](double part) {
            return all_[static_cast<std::size_t>(part * static_cast<double>(all_.size() - 1))];
        };
        std::printf("%-52s n %6zu  p50 %7.3f  p99 %7.3f  p99.9 %7.3f  max %7.3f ms\n", what,
                    all_.size(), at(.5), at(.99), at(.999), all_.back());
        std::fflush(stdout);
    }

private:
    std::vector<double> all_;
};

void must(bool good, const std::string& what) {
    if (good) return;
    std::fprintf(stderr, "%s\n", what.c_str());
    std::exit(1);
}

void append(journal& log, const std::vector<frame>& batch) {
    must(!test::append(log, batch), log.failure());
}

/// The same writes and syncs without a database: 4120 bytes over what is there, as often as the log
/// does.
void raw(const std::string& path, std::size_t bytes, const char* what) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    must(fd >= 0, path);
    const std::string page(bytes, 'x');
    samples s;
    for (int i = 0; i < 1500; ++i) {
        const auto begun = clock::now();
        const auto n = ::pwrite(fd, page.data(), page.size(),
                                static_cast<off_t>(static_cast<std::size_t>(i % 500) * bytes));
        must(n == static_cast<ssize_t>(bytes) && ::fdatasync(fd) == 0, path);
        if (i >= 500) s.add(clock::now() - begun);
    }
    ::close(fd);
    std::filesystem::remove(path);
    s.print(what);
}

core::settings settings() {
    core::settings s;
    s.remember_ms = 600'000;
    return s;
}

void recover(const std::string& dir, const options& o, const char* what) {
    samples s;
    std::size_t leases = 0;
    s.time([&] {
        const auto log = test::open_in(dir, o);
        core::core state(settings());
        log->replay({.restore = [&](const core::image& i) { state.restore(i); },
                     .visit =
                         [&](const frame& f) {
                             for (const core::record& r : f.records)
                                 state.replay(r, f.at);
                         },
                     .progress = {}});
        leases = state.count().leases;
    });
    s.print((std::string(what) + ", " + std::to_string(leases) + " leases").c_str());
}

int run(const std::string& where, std::size_t leases) {
    const std::string dir = where + "/figures";
    std::filesystem::remove_all(dir);
    options o;
    o.state = settings();
    test::story life(1, settings());

    raw(where + "/raw", 4120, "write 4120 bytes and fdatasync");
    raw(where + "/raw", 3 * 4120, "write 12360 bytes and fdatasync");
    {
        const auto log = test::open_in(dir, o);
        samples one;
        samples many;
        for (int i = 0; i < 3000; ++i) {
            const auto batch = i % 2 == 0 ? life.leases(1) : life.releases(1);
            one.time([&] { append(*log, batch); });
        }
        one.print("append of one frame");
        for (int i = 0; i < 2000; ++i) {
            const auto batch = i % 2 == 0 ? life.leases(64) : life.releases(64);
            many.time([&] { append(*log, batch); });
        }
        many.print("append of 64 frames");
        std::printf("%llu appends, %llu checkpoints\n",
                    static_cast<unsigned long long>(log->figures().appends),
                    static_cast<unsigned long long>(log->figures().checkpoints));
        log->close();
    }

    options rows_only = o;
    rows_only.snapshot_bytes = std::uint64_t{1} << 40;
    {
        const auto log = test::open_in(dir, rows_only);
        for (std::size_t n = 0; n < leases; n += 5000)
            append(*log, life.leases(5000));
        log->close();
    }
    recover(dir, rows_only, "recovery from rows");
    {
        options now = o;
        now.snapshot_bytes = 64 << 20;
        const auto log = test::open_in(dir, now);
        test::replay(*log, settings());
        samples during;
        const auto begun = clock::now();
        while (log->figures().snapshots == 0 || log->figures().tending) {
            auto batch = life.leases(32);
            const auto ended = life.releases(32);
            batch.insert(batch.end(), ended.begin(), ended.end());
            during.time([&] { append(*log, batch); });
        }
        during.print("append of 64 frames while a snapshot is made");
        const auto f = log->figures();
        std::printf("snapshot of %llu bytes in %.1f s, file %llu bytes, %llu checkpoints\n",
                    static_cast<unsigned long long>(f.snapshot_bytes),
                    ms(clock::now() - begun).count() / 1000,
                    static_cast<unsigned long long>(f.file_bytes),
                    static_cast<unsigned long long>(f.checkpoints));
        log->close();
    }
    recover(dir, o, "recovery from a snapshot");
    std::filesystem::remove_all(dir);
    return 0;
}

}  // namespace
}  // namespace admit::journal

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "journal_figures DIRECTORY [LEASES]\n");
        return 64;
    }
    return admit::journal::run(argv[1], argc > 2 ? std::stoul(argv[2]) : 1'000'000);
}
