#include "tests/journal/fault_vfs.hpp"

#include "tests/simulation/dice.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace admit::journal::test {

/// What is known of one file besides what it holds.
struct shadow {
    struct change {
        bool is_truncate = false;
        std::size_t offset = 0;
        std::string bytes;
    };
    std::string synced;           ///< what it held at its newest sync
    std::vector<change> changes;  ///< since then
};

struct fault_vfs::book {
    mutable std::mutex mutex;
    std::uint64_t at = 0;  ///< 0: never
    fault what = fault::none;
    bool sticky = false;
    std::uint64_t count = 0;
    std::uint64_t syncs = 0;
    bool struck = false;
    std::map<std::string, shadow> files;

    /// Counts one more; what goes wrong with it.
    fault next() {
        ++count;
        const bool hit = at != 0 && (count == at || (sticky && count > at));
        struck |= hit;
        return hit ? what : fault::none;
    }
};

namespace {

fault_vfs::book* current = nullptr;

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct shim_file {
    sqlite3_file base;
    sqlite3_file* real;
    shadow* here;
    const char* path;
};

shim_file& self(sqlite3_file* f) { return *reinterpret_cast<shim_file*>(f); }
sqlite3_file* real(sqlite3_file* f) { return self(f).real; }

int close_file(sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); }

int read_file(sqlite3_file* f, void* to, int size, sqlite3_int64 offset) {
    const std::lock_guard lock(current->mutex);
    if (const fault w = current->next(); w == fault::fail || w == fault::shorten)
        return SQLITE_IOERR_READ;
    return real(f)->pMethods->xRead(real(f), to, size, offset);
}

int write_file(sqlite3_file* f, const void* from, int size, sqlite3_int64 offset) {
    const std::lock_guard lock(current->mutex);
    const fault wrong = current->next();
    if (wrong == fault::fail) return SQLITE_IOERR_WRITE;
    if (wrong == fault::full) return SQLITE_FULL;
    const int done = wrong == fault::shorten ? size / 2 : size;
    self(f).here->changes.push_back(
        {false, static_cast<std::size_t>(offset),
         std::string(static_cast<const char*>(from), static_cast<std::size_t>(done))});
    const int code = real(f)->pMethods->xWrite(real(f), from, done, offset);
    return wrong == fault::shorten ? SQLITE_IOERR_WRITE : code;
}

int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
    const std::lock_guard lock(current->mutex);
    if (const fault w = current->next(); w == fault::fail || w == fault::shorten)
        return SQLITE_IOERR_TRUNCATE;
    self(f).here->changes.push_back({true, static_cast<std::size_t>(size), {}});
    return real(f)->pMethods->xTruncate(real(f), size);
}

int sync_file(sqlite3_file* f, int) {
    const std::lock_guard lock(current->mutex);
    ++current->syncs;
    if (const fault w = current->next(); w == fault::fail || w == fault::shorten)
        return SQLITE_IOERR_FSYNC;
    // What a real sync would do is not looked at: the shadow is the disk.
    self(f).here->synced = contents(self(f).path);
    self(f).here->changes.clear();
    return SQLITE_OK;
}

int size_file(sqlite3_file* f, sqlite3_int64* out) {
    return real(f)->pMethods->xFileSize(real(f), out);
}
int lock_file(sqlite3_file* f, int how) { return real(f)->pMethods->xLock(real(f), how); }
int unlock_file(sqlite3_file* f, int how) { return real(f)->pMethods->xUnlock(real(f), how); }
int is_reserved(sqlite3_file* f, int* out) {
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
int control_file(sqlite3_file* f, int what, void* arg) {
    return real(f)->pMethods->xFileControl(real(f), what, arg);
}
int sector_size(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int properties(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }

// Version 1: no shared memory and no mapping, which the journal does not use either.
const sqlite3_io_methods methods = {
    1,         close_file,  read_file,   write_file,   truncate_file, sync_file,  size_file,
    lock_file, unlock_file, is_reserved, control_file, sector_size,   properties, nullptr,
    nullptr,   nullptr,     nullptr,     nullptr,      nullptr};

sqlite3_vfs* below = nullptr;
sqlite3_vfs shim;

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* f, int flags, int* out) {
    const std::lock_guard lock(current->mutex);
    shim_file& mine = self(f);
    mine = {};
    if (current->next() == fault::fail) return SQLITE_CANTOPEN;
    mine.real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(f) + sizeof(shim_file));
    const int code = below->xOpen(below, path, mine.real, flags, out);
    if (code != SQLITE_OK) {
        if (mine.real->pMethods != nullptr) mine.real->pMethods->xClose(mine.real);
        return code;
    }
    const auto [entry, is_new] = current->files.try_emplace(path);
    if (is_new) entry->second.synced = contents(path);
    mine.here = &entry->second;
    mine.path = entry->first.c_str();
    mine.base.pMethods = &methods;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* path, int sync) {
    const std::lock_guard lock(current->mutex);
    if (const fault w = current->next(); w == fault::fail || w == fault::shorten)
        return SQLITE_IOERR_DELETE;
    // A file that is open meanwhile would still need its shadow; SQLite closes before it deletes.
    if (const auto found = current->files.find(path); found != current->files.end())
        found->second = {};
    return below->xDelete(below, path, sync);
}

}  // namespace

fault_vfs::fault_vfs() : book_(std::make_unique<book>()) {
    if (current != nullptr) throw std::logic_error("two faulty systems at a time");
    current = book_.get();
    below = sqlite3_vfs_find("unix");
    shim = *below;
    shim.iVersion = 1;
    shim.szOsFile = static_cast<int>(sizeof(shim_file)) + below->szOsFile;
    shim.zName = name();
    shim.pNext = nullptr;
    shim.xOpen = open_file;
    shim.xDelete = delete_file;
    sqlite3_vfs_register(&shim, 0);
}

fault_vfs::~fault_vfs() {
    sqlite3_vfs_unregister(&shim);
    current = nullptr;
}

const char* fault_vfs::name() { return "admit-fault"; }

void fault_vfs::plan(std::uint64_t at, fault what, bool sticky) {
    const std::lock_guard lock(book_->mutex);
    book_->at = at;
    book_->what = what;
    book_->sticky = sticky;
    book_->count = 0;
    book_->struck = false;
}

bool fault_vfs::struck() const {
    const std::lock_guard lock(book_->mutex);
    return book_->struck;
}

std::uint64_t fault_vfs::count() const {
    const std::lock_guard lock(book_->mutex);
    return book_->count;
}

std::uint64_t fault_vfs::syncs() const {
    const std::lock_guard lock(book_->mutex);
    return book_->syncs;
}

void fault_vfs::lose(unsynced how, std::uint64_t seed) {
    if (how == unsynced::kept) return;
    constexpr std::size_t sector = 512;
    admit::test::dice random(seed);
    for (auto& [path, file] : book_->files) {
        std::string now = file.synced;
        for (const shadow::change& c : file.changes) {
            if (how == unsynced::dropped || random.percent(50)) continue;
            if (c.is_truncate) {
                now.resize(std::min(now.size(), c.offset));
                continue;
            }
            std::size_t size = c.bytes.size();
            if (random.percent(30)) size = random.below(size / sector + 1) * sector;
            now.resize(std::max(now.size(), c.offset + size));
            now.replace(c.offset, size, c.bytes, 0, size);
        }
        file = {now, {}};
        if (std::ifstream(path).good())
            std::ofstream(path, std::ios::binary | std::ios::trunc) << now;
    }
}

}  // namespace admit::journal::test
