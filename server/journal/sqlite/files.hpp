// What the journal asks of the file system besides its database: its directory, the lock on it, and
// small files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace admit::journal {

/// An open file. Errors of the system are thrown as std::system_error.
class file {
public:
    file() = default;
    /// Made, for the owner alone, where it is missing.
    static file open(const std::string& path);
    /// One that is there, only to be read.
    static file open_to_read(const std::string& path);
    ~file();
    file(file&&) noexcept;
    file& operator=(file&&) noexcept;

    /// Up to `size` bytes.
    std::string read(std::size_t offset, std::size_t size) const;
    void write(std::size_t offset, std::string_view);
    void sync();
    /// Keeps everybody else from it until it is closed; false where somebody has it.
    bool lock();
    /// Keeps everybody from locking it; false where somebody has.
    bool lock_out();
    void truncate();
    std::uint64_t size() const;

private:
    explicit file(int fd) : fd_(fd) {}
    int fd_ = -1;
};

/// Makes an empty file for the owner alone where nothing has that name, so that SQLite, which would
/// make one as the umask says, finds it. Where this cannot, SQLite fails.
void make_private(const std::string& path) noexcept;

bool exists(const std::string& path);
/// 0 where there is no such file.
std::uint64_t size_of(const std::string& path);
/// Makes what was made, renamed or removed in it durable.
void sync_directory(const std::string& path);
void rename(const std::string& from, const std::string& to);

/// Makes the directory, for the owner alone, where its parent exists, and looks whether it can be
/// used, with what lies in it. Throws `refusal` where not.
void prepare_directory(const std::string& path);

/// Locks a directory. Throws `refusal` where another server has it.
file lock_directory(const std::string& path);

/// Holds everybody else off a directory that is only looked at; nothing in it changes. Throws
/// `refusal` where a server has it.
file hold_directory(const std::string& path);

/// Bytes that this process may still write on the disk that holds `path`; nothing where the system
/// does not say.
std::optional<std::uint64_t> room_on(const std::string& path);

/// Changes when the machine starts; empty where the system does not say.
std::string boot_id();

}  // namespace admit::journal
