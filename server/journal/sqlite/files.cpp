#include "server/journal/sqlite/files.hpp"

#include "server/journal/trouble.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace admit::journal {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

[[noreturn]] void refuse(const std::string& what) { throw refusal({trouble_kind::unusable, what}); }

std::string cause() { return std::generic_category().message(errno); }

std::string parent_of(const std::string& path) {
    const std::size_t end = path.find_last_not_of('/');
    const std::size_t slash = end == std::string::npos ? end : path.rfind('/', end);
    if (slash == std::string::npos) return end == std::string::npos ? "/" : ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

bool try_lock(int fd, int how) {
    if (::flock(fd, how | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    fail("flock");
}

refusal taken(const std::string& directory, const file& lock) {
    std::string who = lock.read(0, 20);
    while (!who.empty() && who.back() == '\n')
        who.pop_back();
    return refusal({trouble_kind::locked, directory + ": another server has it" +
                                              (who.empty() ? "" : " (process " + who + ")")});
}

std::string user(unsigned id) { return "user " + std::to_string(id); }

/// Whether the one that this runs as may; `access` asks for the one that began it.
bool may(const std::string& path, int what) {
    return ::faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0;
}

void check_owner(const std::string& path) {
    struct stat is {};
    if (::stat(path.c_str(), &is) != 0) {
        if (errno == ENOENT) return;
        refuse(path + ": " + cause());
    }
    if (!S_ISREG(is.st_mode)) refuse(path + ": not a file");
    if (is.st_uid != ::geteuid())
        refuse(path + ": belongs to " + user(is.st_uid) + ", and this server runs as " +
               user(::geteuid()));
    if (!may(path, R_OK | W_OK)) refuse(path + ": " + cause());
}

}  // namespace

// --- A file

file file::open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) fail(path);
    return file(fd);
}

file file::open_to_read(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail(path);
    return file(fd);
}

file::~file() {
    if (fd_ >= 0) ::close(fd_);
}

file::file(file&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

file& file::operator=(file&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

std::string file::read(std::size_t offset, std::size_t size) const {
    std::string bytes(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        const auto n =
            ::pread(fd_, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail("read");
        if (n == 0) break;
        done += static_cast<std::size_t>(n);
    }
    bytes.resize(done);
    return bytes;
}

void file::write(std::size_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) fail("write");
        offset += static_cast<std::size_t>(n);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

void file::sync() {
    if (::fdatasync(fd_) != 0) fail("fdatasync");
}

bool file::lock() { return try_lock(fd_, LOCK_EX); }

bool file::lock_out() { return try_lock(fd_, LOCK_SH); }

std::uint64_t file::size() const {
    struct stat is {};
    if (::fstat(fd_, &is) != 0) fail("fstat");
    return static_cast<std::uint64_t>(is.st_size);
}

void file::truncate() {
    if (::ftruncate(fd_, 0) != 0) fail("ftruncate");
}

// --- Names

void make_private(const std::string& path) noexcept {
    // One that is there stays closed: to close it would take away the locks that SQLite has on it.
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) ::close(fd);
}

bool exists(const std::string& path) {
    struct stat is {};
    return ::lstat(path.c_str(), &is) == 0;
}

std::uint64_t size_of(const std::string& path) {
    struct stat is {};
    return ::stat(path.c_str(), &is) == 0 ? static_cast<std::uint64_t>(is.st_size) : 0;
}

void sync_directory(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail(path);
    const int result = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    errno = error;
    if (result != 0) fail(path);
}

void rename(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) fail(from);
}

// --- The directory

void prepare_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) == 0) {
        try {
            sync_directory(parent_of(path));
        } catch (const std::system_error& e) { throw refusal({trouble_kind::failed, e.what()}); }
    } else if (errno == ENOENT) {
        refuse(path + ": cannot be made, because " + parent_of(path) + " does not exist");
    } else if (errno != EEXIST) {
        const int error = errno;
        // A directory that is there answers so too where its parent may not be written.
        if (!exists(path)) {
            errno = error;
            refuse(path + ": cannot be made: " + cause());
        }
    }
    struct stat is {};
    if (::stat(path.c_str(), &is) != 0) refuse(path + ": " + cause());
    if (!S_ISDIR(is.st_mode)) refuse(path + ": not a directory");
    // root may write everywhere; what it makes there, the owner then may not.
    if (::geteuid() == 0 && is.st_uid != 0)
        refuse(path + ": belongs to " + user(is.st_uid) +
               ", and this server runs as root: run it as that user");
    if (!may(path, R_OK | W_OK | X_OK))
        refuse(path + ": cannot be written by " + user(::geteuid()) + ": " + cause());
    for (const char* name : {"/journal.db", "/journal.db-wal", "/journal.mark", "/lock"})
        check_owner(path + name);
}

file lock_directory(const std::string& path) {
    const std::string name = path + "/lock";
    try {
        file held = file::open(name);
        if (!held.lock()) throw taken(path, held);
        held.truncate();
        held.write(0, std::to_string(::getpid()) + "\n");
        return held;
    } catch (const std::system_error& e) {
        const bool full = e.code() == std::errc::no_space_on_device;
        throw refusal({full ? trouble_kind::failed : trouble_kind::unusable,
                       name + ": " + e.code().message()});
    }
}

file hold_directory(const std::string& path) {
    const std::string name = path + "/lock";
    try {
        // Where no server has ever been, none is now.
        if (!exists(name)) return {};
        file held = file::open_to_read(name);
        if (!held.lock_out()) throw taken(path, held);
        return held;
    } catch (const std::system_error& e) {
        throw refusal({trouble_kind::unusable, name + ": " + e.code().message()});
    }
}

// --- The machine

std::optional<std::uint64_t> room_on(const std::string& path) {
    struct statvfs disk {};
    if (::statvfs(path.c_str(), &disk) != 0) return std::nullopt;
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

std::string boot_id() {
    const int fd = ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return {};
    std::string id(36, '\0');
    const auto n = ::read(fd, id.data(), id.size());
    ::close(fd);
    return n == static_cast<ssize_t>(id.size()) ? id : std::string();
}

}  // namespace admit::journal
