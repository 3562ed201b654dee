// Preloaded into admitd by the crash test. Notes in a page that outlives the process whether an
// append is outstanding, and ends the process by SIGKILL at one place of one append, or of one copy
// of the log, that the environment names:
//
//   ADMIT_CRASH_PAGE   the file of the page, which is there and large enough
//   ADMIT_CRASH_AT     COUNT SITE CALL WHEN PAUSE, such as "17 log 2 torn 1500"
//
// COUNT: of the appends since the page was armed (of the writes, at the site `file`). SITE: `row`
// (before SQLite is told), `log` (a write to its log), `sync` (of the log), `mark` (the write to
// journal.mark), `file` (a write to the database itself). CALL: which of the log's writes. WHEN:
// before the real call, torn (half of it is written), or after it and before it returns. PAUSE: so
// many microseconds it stands still there first: who acknowledges too early has the time to do so.
//
// An append counts as outstanding from the row on, which is after the engine has handed it over,
// until the mark is written, which is before the engine is told: never too long.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace {

/// As tests/e2e/support/crash/kills.py reads and writes it.
struct shared_page {
    std::atomic<std::uint64_t> armed;
    std::atomic<std::uint64_t> outstanding;
    std::atomic<std::uint64_t> appends;  ///< since it was armed
    char place[64];                      ///< where the process ended itself
};

struct plan {
    std::uint64_t count = 0;
    char site[8] = "";
    int call = 0;
    char when[8] = "";
    unsigned pause_us = 0;

    bool is(std::string_view name) const { return name == site; }
    bool is_when(std::string_view name) const { return name == when; }
};

shared_page* page = nullptr;
plan planned;
// Of the journal's thread alone.
sqlite3_stmt* insert_row = nullptr;
int log_writes = 0;
std::uint64_t file_writes = 0;

[[gnu::constructor]] void begin() {
    const char* const path = std::getenv("ADMIT_CRASH_PAGE");
    const int fd = path != nullptr ? ::open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void* const at =
        ::mmap(nullptr, sizeof(shared_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    if (at == MAP_FAILED) return;
    page = static_cast<shared_page*>(at);
    const char* const text = std::getenv("ADMIT_CRASH_AT");
    if (text == nullptr) return;
    if (std::sscanf(text, "%lu %7s %d %7s %u", &planned.count, planned.site, &planned.call,
                    planned.when, &planned.pause_us) != 5)
        std::abort();
}

[[noreturn]] void end_here(const char* site) {
    std::snprintf(page->place, sizeof page->place, "%s %s", site, planned.when);
    ::usleep(planned.pause_us);
    for (;;)
        ::syscall(SYS_kill, ::getpid(), SIGKILL);
}

/// Whether this append is the one to end in.
bool meant() {
    return page != nullptr && page->outstanding == 1 && planned.count > 0 && !planned.is("file") &&
           page->appends == planned.count;
}

enum class target : std::uint8_t { other, log, mark, file };

target target_of(int fd) {
    struct stat is {};
    if (page == nullptr || ::fstat(fd, &is) != 0 || !S_ISREG(is.st_mode)) return target::other;
    char link[40];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    char path[PATH_MAX];
    const auto size = ::readlink(link, path, sizeof path);
    if (size <= 0) return target::other;
    const std::string_view name(path, static_cast<std::size_t>(size));
    if (name.ends_with("/journal.db-wal")) return target::log;
    if (name.ends_with("/journal.mark")) return target::mark;
    if (name.ends_with("/journal.db")) return target::file;
    return target::other;
}

/// Whether the process ends in this write.
bool meant(target to) {
    switch (to) {
        case target::log:
            return meant() && planned.is("log") && ++log_writes == planned.call;
        case target::mark:
            // Where an append has had no such call, it ends here at the latest.
            return meant();
        case target::file:
            return page->armed != 0 && planned.is("file") && ++file_writes == planned.count;
        case target::other:
            break;
    }
    return false;
}

template <class Write>
ssize_t write_to(int fd, std::size_t size, const Write& write) {
    const target to = target_of(fd);
    const bool ends = meant(to);
    const char* const site = to == target::log ? "log" : to == target::mark ? "mark" : "file";
    if (ends && planned.is_when("before")) end_here(site);
    if (ends && planned.is_when("torn")) {
        write(size / 2);
        end_here(site);
    }
    const ssize_t done = write(size);
    if (ends) end_here(site);
    if (to == target::mark) page->outstanding = 0;
    return done;
}

template <class F>
F next(const char* name) {
    return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

// The calls themselves go to the kernel as they are: a sanitizer may stand between.
ssize_t write(int fd, const void* bytes, std::size_t size) {
    return write_to(fd, size, [&](std::size_t n) { return ::syscall(SYS_write, fd, bytes, n); });
}

ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t at) {
    return write_to(fd, size,
                    [&](std::size_t n) { return ::syscall(SYS_pwrite64, fd, bytes, n, at); });
}

ssize_t pwrite64(int fd, const void* bytes, std::size_t size, off64_t at) {
    return write_to(fd, size,
                    [&](std::size_t n) { return ::syscall(SYS_pwrite64, fd, bytes, n, at); });
}

int fdatasync(int fd) {
    const bool ends = meant() && planned.is("sync") && target_of(fd) == target::log;
    if (ends && !planned.is_when("after")) end_here("sync");
    const auto result = ::syscall(SYS_fdatasync, fd);
    if (ends) end_here("sync");
    return static_cast<int>(result);
}

int sqlite3_prepare_v3(sqlite3* in, const char* sql, int size, unsigned flags, sqlite3_stmt** made,
                       const char** rest) {
    static const auto real = next<decltype(&sqlite3_prepare_v3)>("sqlite3_prepare_v3");
    const int result = real(in, sql, size, flags, made, rest);
    if (std::string_view(sql).starts_with("INSERT INTO journal ")) insert_row = *made;
    return result;
}

int sqlite3_step(sqlite3_stmt* statement) {
    static const auto real = next<decltype(&sqlite3_step)>("sqlite3_step");
    if (page != nullptr && statement == insert_row) {
        log_writes = 0;
        page->outstanding = 1;
        if (page->armed != 0) ++page->appends;
        if (meant() && planned.is("row")) end_here("row");
    }
    return real(statement);
}
}
