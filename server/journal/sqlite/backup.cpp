#include "server/journal/sqlite/backup.hpp"

#include "server/journal/sqlite/files.hpp"

#include <unistd.h>

#include <system_error>
#include <thread>
#include <utility>

namespace admit::journal {
namespace {

constexpr int pages_at_once = 64;  // 256 KiB: well below what an append takes on a disk

// Where a database's header says how it is written: 1 into the file itself, 2 into a log. That of a
// copy says what its original does; a file that nobody writes any more needs no log.
constexpr std::size_t format_offset = 18;
constexpr std::string_view format_without_log{"\1\1", 2};

std::string file_in(const std::string& directory) { return directory + "/journal.backup"; }

/// Above this a file takes so long to go (a gigabyte 150 ms) that nobody should wait for it,
/// neither appends nor an I/O thread.
constexpr std::uint64_t large_bytes = 16 << 20;

/// Closes a file that has no name any more.
void let_go(file f) noexcept {
    try {
        if (f.size() >= large_bytes) std::thread([gone = std::move(f)] {}).detach();
    } catch (const std::system_error&) {
        // Here and now, then.
    }
}

class unnamed_file final : public backup_file {
public:
    unnamed_file(file f, std::uint64_t size) : file_(std::move(f)), size_(size) {}
    ~unnamed_file() override { let_go(std::move(file_)); }

    std::uint64_t size() const noexcept override { return size_; }
    void read(std::uint64_t offset, std::size_t most, std::string& out) const override {
        out += file_.read(offset, most);
    }

private:
    file file_;
    const std::uint64_t size_;
};

/// It need not survive anything: no file of a journal beside it, no sync, and little memory. (OFF
/// is not to be had of a defensive connection, which stays with a file then.)
void write_carelessly(database& d) {
    d.run("PRAGMA journal_mode = MEMORY");
    d.run("PRAGMA synchronous = OFF");
    d.run("PRAGMA cache_size = -512");
}

}  // namespace

void remove_unfinished_backup(const std::string& directory) {
    for (const char* end : {"", "-journal"})
        ::unlink((file_in(directory) + end).c_str());
}

backup_making::backup_making(store& from, std::string directory, const std::string& vfs,
                             std::uint64_t min_free_bytes)
    : from_(from),
      directory_(std::move(directory)),
      file_(file_in(directory_)),
      vfs_(vfs),
      min_free_(min_free_bytes) {
    look_at_room(from_.pages() * from_.page_bytes());
    remove_unfinished_backup(directory_);
    try {
        file::open(file_);  // for the owner alone; and it knows why where that cannot be
        to_.emplace(file_, vfs_);
        write_carelessly(*to_);
        copy_.emplace(from_.base(), *to_);
        named_ = true;
    } catch (...) {
        remove_unfinished_backup(directory_);
        throw;
    }
}

backup_making::~backup_making() {
    copy_.reset();
    if (!named_) return;
    file rest;
    try {
        rest = file::open_to_read(file_);
    } catch (const std::system_error&) {
        // Without it the next line takes its time.
    }
    remove_unfinished_backup(directory_);
    to_.reset();
    let_go(std::move(rest));
}

bool backup_making::step() {
    look_at_room(0);
    return copy_->step(pages_at_once);
}

std::shared_ptr<const backup_file> backup_making::finish(const seal& s) {
    copy_.reset();
    to_.reset();
    file made = file::open(file_);
    made.write(format_offset, format_without_log);
    {
        database sealed(file_, vfs_);
        write_carelessly(sealed);
        put_seal(sealed, s);
    }
    remove_unfinished_backup(directory_);
    named_ = false;
    const std::uint64_t size = made.size();
    return std::make_shared<unnamed_file>(std::move(made), size);
}

void backup_making::look_at_room(std::uint64_t still_to_write) const {
    const auto room = room_on(directory_);
    if (!room || *room >= still_to_write + min_free_) return;
    throw no_room("the disk of " + directory_ + " has " + std::to_string(*room >> 20) +
                  " MiB left; a backup needs " + std::to_string(still_to_write >> 20) +
                  " MiB there for as long as it is read, and " + std::to_string(min_free_ >> 20) +
                  " MiB are to stay free (--min-free)");
}

}  // namespace admit::journal
