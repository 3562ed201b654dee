#include "server/config/commands.hpp"
#include "server/config/facts_text.hpp"
#include "server/config/fetch.hpp"
#include "server/config/process.hpp"
#include "server/config/state_place.hpp"
#include "server/journal/restore.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace admit::config {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

void write_all(int to, std::string_view bytes, const std::string& name) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(to, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) fail(name);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

constexpr int ending[] = {SIGINT, SIGTERM, SIGHUP};

/// Of the unfinished file, for a handler that may do little: changed only while the signals are
/// blocked.
char name_to_remove[PATH_MAX] = "";

extern "C" void remove_and_end(int number) {
    constexpr std::string_view told = "admitd: interrupted\n";
    if (name_to_remove[0] != '\0') ::unlink(name_to_remove);
    if (::write(STDERR_FILENO, told.data(), told.size()) < 0) ::_exit(128 + number);
    ::_exit(128 + number);
}

sigset_t ending_signals() {
    sigset_t all;
    ::sigemptyset(&all);
    for (const int number : ending)
        ::sigaddset(&all, number);
    return all;
}

/// From now on each of them ends the process at once, whatever it waits for or reads, and leaves no
/// file behind.
void end_without_a_trace() {
    struct sigaction action {};
    action.sa_handler = &remove_and_end;
    action.sa_mask = ending_signals();
    for (const int number : ending)
        ::sigaction(number, &action, nullptr);
}

/// While it lives none of them comes.
class undisturbed {
public:
    undisturbed() {
        const sigset_t all = ending_signals();
        ::pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    ~undisturbed() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    undisturbed(const undisturbed&) = delete;
    undisturbed& operator=(const undisturbed&) = delete;

private:
    sigset_t before_{};
};

/// A file beside the one that it is to become, for the owner alone; gone unless it became that, or
/// the process is killed.
class unfinished_file {
public:
    explicit unfinished_file(const std::string& prefix) : name_(prefix + ".XXXXXX") {}
    ~unfinished_file() {
        if (number_ < 0) return;
        ::close(number_);
        if (!name_.empty()) lose_name();
    }
    unfinished_file(const unfinished_file&) = delete;
    unfinished_file& operator=(const unfinished_file&) = delete;

    /// Made with its first bytes: not before there are some.
    void write(std::string_view bytes) {
        if (number_ < 0) make();
        write_all(number_, bytes, name_);
        size_ += bytes.size();
    }

    void sync() {
        if (::fsync(number_) != 0) fail(name_);
    }

    void become(const std::string& name, bool overwrite) {
        const undisturbed now;
        // Not over one that somebody has made meanwhile.
        if (::renameat2(AT_FDCWD, name_.c_str(), AT_FDCWD, name.c_str(),
                        overwrite ? 0 : RENAME_NOREPLACE) != 0) {
            if (overwrite || (errno != EINVAL && errno != ENOSYS)) fail(name);
            if (::link(name_.c_str(), name.c_str()) != 0) fail(name);
            ::unlink(name_.c_str());
        }
        forget_name();
    }

    /// It goes with the process from now on, however that ends.
    void lose_name() {
        const undisturbed now;
        ::unlink(name_.c_str());
        forget_name();
    }

    void copy_to(int to, const std::string& to_name) const {
        std::string piece(64 * 1024, '\0');
        for (off_t at = 0;;) {
            const ssize_t n = ::pread(number_, piece.data(), piece.size(), at);
            if (n < 0) fail("the temporary file");
            if (n == 0) return;
            write_all(to, std::string_view(piece).substr(0, static_cast<std::size_t>(n)), to_name);
            at += n;
        }
    }

    const std::string& name() const noexcept { return name_; }
    std::uint64_t size() const noexcept { return size_; }

private:
    void make() {
        const undisturbed now;
        if (name_.size() >= sizeof name_to_remove) {
            errno = ENAMETOOLONG;
            fail(name_);
        }
        number_ = ::mkostemp(name_.data(), O_CLOEXEC);
        if (number_ < 0) fail(name_);
        name_.copy(name_to_remove, name_.size());
        name_to_remove[name_.size()] = '\0';
    }

    void forget_name() {
        name_to_remove[0] = '\0';
        name_.clear();
    }

    std::string name_;
    int number_ = -1;
    std::uint64_t size_ = 0;
};

void sync_directory_of(const std::string& file) {
    const std::size_t slash = file.rfind('/');
    const std::string directory = slash == std::string::npos ? "."
                                  : slash == 0               ? "/"
                                                             : file.substr(0, slash);
    const int number = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int result = number < 0 ? -1 : ::fsync(number);
    const int error = errno;
    if (number >= 0) ::close(number);
    errno = error;
    if (result != 0) fail(directory);
}

/// Why nothing may be written there.
std::string wrong_with(const options& o) {
    struct stat is {};
    if (::lstat(o.file.c_str(), &is) != 0) return {};
    if (!o.overwrite) return o.file + " is there already: name another file, or say --overwrite";
    return S_ISREG(is.st_mode) ? std::string() : o.file + " is not a regular file";
}

early_end back_up_to(const options& o, bool to_stdout) {
    const char* const temporary = std::getenv("TMPDIR");
    unfinished_file made(to_stdout ? std::string(temporary != nullptr ? temporary : "/tmp") +
                                         "/admit-backup"
                                   : o.file + ".unfinished");
    const fetched got =
        fetch_backup(o.server_url, o.listen, [&](std::string_view bytes) { made.write(bytes); });
    if (got.status != status::ok) return {got.status, got.text};
    made.sync();
    const auto checked = journal::check_backup(made.name(), core_settings());
    if (const auto* const why = std::get_if<journal::trouble>(&checked))
        return {status::internal, "what the server sent is no whole backup: " + why->what};
    if (to_stdout) {
        made.lose_name();
        made.copy_to(STDOUT_FILENO, "stdout");
        return {};
    }
    made.become(o.file, o.overwrite);
    sync_directory_of(o.file);
    return {status::ok, o.file + ": " + std::to_string(made.size()) + " bytes, up to " +
                            text_of(std::get<journal::backup_facts>(checked))};
}

}  // namespace

early_end back_up(const options& o) {
    const bool to_stdout = o.file == "-";
    if (to_stdout && ::isatty(STDOUT_FILENO) == 1)
        return {status::usage, "a backup is nothing for a terminal: name a file, or a pipe"};
    if (!to_stdout) {
        if (std::string wrong = wrong_with(o); !wrong.empty())
            return {status::cannot_create, std::move(wrong)};
    }
    end_without_a_trace();
    try {
        return back_up_to(o, to_stdout);
    } catch (const std::system_error& e) {
        if (e.code() == std::errc::file_exists) return {status::cannot_create, wrong_with(o)};
        return {status::cannot_create, e.what()};
    }
}

}  // namespace admit::config
