#include "server/config/handle_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace admit::config {
namespace {

class descriptor {
public:
    descriptor(const std::string& name, int flags, mode_t mode = 0)
        : number_(::open(name.c_str(), flags | O_CLOEXEC, mode)) {}
    ~descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;

    explicit operator bool() const noexcept { return number_ >= 0; }
    int number() const noexcept { return number_; }

private:
    const int number_;
};

std::string key_file(const std::string& directory) { return directory + "/handle.key"; }

/// The same key once more while a restore that has made it is under way.
std::string new_key_file(const std::string& directory) {
    return key_file(directory) + ".restoring";
}

error failed(const std::string& doing, const std::string& name) {
    return {"cannot " + doing + " " + name + ": " + std::generic_category().message(errno)};
}

/// Why the file cannot be the key's.
std::optional<error> wrong_with(const std::string& name, const struct stat& what) {
    if (!S_ISREG(what.st_mode)) return error{name + " is not a regular file"};
    if (what.st_uid != ::geteuid()) return error{name + " belongs to another user"};
    if ((what.st_mode & 077) != 0)
        return error{name +
                     " may be read by others, who could make handles: chmod 600 it, or, "
                     "where others may have read it, remove it when no lease is live"};
    if (what.st_size != static_cast<off_t>(std::tuple_size_v<http::secret_key>))
        return error{name + " has " + std::to_string(what.st_size) + " bytes instead of " +
                     std::to_string(std::tuple_size_v<http::secret_key>)};
    return std::nullopt;
}

bool write_all(int to, const http::secret_key& key) {
    for (std::size_t done = 0; done < key.size();) {
        const ssize_t n = ::write(to, key.data() + done, key.size() - done);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) done += static_cast<std::size_t>(n);
    }
    return true;
}

std::variant<std::optional<http::secret_key>, error> read_key(const std::string& name) {
    const descriptor file(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file && errno == ENOENT) return std::optional<http::secret_key>();
    if (!file) return failed("read", name);
    struct stat what {};
    if (::fstat(file.number(), &what) != 0) return failed("read", name);
    if (auto wrong = wrong_with(name, what)) return std::move(*wrong);
    http::secret_key key{};
    for (std::size_t done = 0; done < key.size();) {
        const ssize_t n = ::read(file.number(), key.data() + done, key.size() - done);
        if (n == 0) return error{name + " ends too soon"};
        if (n < 0 && errno != EINTR) return failed("read", name);
        if (n > 0) done += static_cast<std::size_t>(n);
    }
    return std::optional(key);
}

std::optional<error> write_key(const std::string& directory, const std::string& name,
                               const http::secret_key& key) {
    const std::string fresh = name + ".new";
    ::unlink(fresh.c_str());  // a crash may have left one
    {
        const descriptor file(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
        if (!file || ::fchmod(file.number(), 0600) != 0 || !write_all(file.number(), key) ||
            ::fsync(file.number()) != 0)
            return failed("write", fresh);
    }
    // A link and not a rename: it fails where there is a key by now.
    if (::link(fresh.c_str(), name.c_str()) != 0) return failed("make", name);
    ::unlink(fresh.c_str());
    const descriptor folder(directory, O_RDONLY | O_DIRECTORY);
    if (!folder || ::fsync(folder.number()) != 0) return failed("sync", directory);
    return std::nullopt;
}

}  // namespace

std::variant<std::optional<http::secret_key>, error> read_handle_key(const std::string& directory) {
    return read_key(key_file(directory));
}

std::optional<error> write_handle_key(const std::string& directory, const http::secret_key& key) {
    return write_key(directory, key_file(directory), key);
}

std::variant<bool, error> settle_handle_key(const std::string& directory) {
    auto found = read_handle_key(directory);
    if (auto* const wrong = std::get_if<error>(&found)) return std::move(*wrong);
    if (const auto& there = std::get<0>(found)) {
        const auto made = read_key(new_key_file(directory));
        const auto* const before = std::get_if<0>(&made);
        return before != nullptr && *before == there;
    }
    forget_new_handle_key(directory);
    const http::secret_key key = http::fresh_key();
    // First that it is new: whoever finds it in its place finds that too.
    for (const std::string& name : {new_key_file(directory), key_file(directory)}) {
        if (auto wrong = write_key(directory, name, key)) return std::move(*wrong);
    }
    return true;
}

void forget_new_handle_key(const std::string& directory) noexcept {
    ::unlink(new_key_file(directory).c_str());
}

}  // namespace admit::config
