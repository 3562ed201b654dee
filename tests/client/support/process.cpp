#include "tests/client/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace admit::client::testing {
namespace {

using clock = std::chrono::steady_clock;

int left_ms(clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
    return left > 0 ? static_cast<int>(left) : 0;
}

/// An anonymous file with this content, to be read from its beginning.
int file_of(const std::string& text) {
    const int fd = ::memfd_create("input", MFD_CLOEXEC);
    if (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("no input file");
    ::lseek(fd, 0, SEEK_SET);
    return fd;
}

[[noreturn]] void become(const std::vector<std::string>& words, const process_options& options) {
    for (const int number : options.ignored)
        std::signal(number, SIG_IGN);
    for (const std::string& entry : options.environment) {
        const std::size_t equals = entry.find('=');
        ::setenv(entry.substr(0, equals).c_str(), entry.substr(equals + 1).c_str(), 1);
    }
    // Neither those of the test nor those of who started it.
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    std::vector<char*> pointers;
    for (const std::string& word : words)
        pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    ::execvp(pointers.front(), pointers.data());
    ::_exit(99);
}

}  // namespace

process::process(std::vector<std::string> words, process_options options) {
    int out[2];
    int err[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0)
        throw std::runtime_error("no pipe");
    const int input = file_of(options.input);
    pid_ = options.on_terminal ? ::forkpty(&out_, nullptr, nullptr, nullptr) : ::fork();
    if (pid_ == 0) {
        if (!options.on_terminal) {
            ::dup2(input, STDIN_FILENO);
            ::dup2(out[1], STDOUT_FILENO);
            if (options.output_closed) ::close(out[0]);
            ::dup2(err[1], STDERR_FILENO);
        }
        become(words, options);
    }
    ::close(input);
    ::close(out[1]);
    ::close(err[1]);
    errors_ = err[0];
    if (options.on_terminal || options.output_closed)
        ::close(out[0]);
    else
        out_ = out[0];
    if (options.on_terminal) ::fcntl(out_, F_SETFD, FD_CLOEXEC);
    out_ended_ = out_ < 0;
}

process::~process() {
    if (!status_) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    if (out_ >= 0) ::close(out_);
    ::close(errors_);
}

void process::signal(int number) const { ::kill(pid_, number); }

void process::type(const std::string& keys) const {
    if (::write(out_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
        throw std::runtime_error("cannot type");
}

bool process::read_more(clock::time_point until) {
    if (out_ended_) return false;
    pollfd watched{out_, POLLIN, 0};
    if (::poll(&watched, 1, left_ms(until)) <= 0) return false;
    char bytes[4096];
    const ssize_t got = ::read(out_, bytes, sizeof bytes);
    // A terminal whose processes are gone says EIO.
    out_ended_ = got <= 0;
    if (got > 0) output_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
}

bool process::says(const std::string& text) {
    const clock::time_point until = clock::now() + std::chrono::seconds{10};
    while (output_.find(text) == std::string::npos)
        if (!read_more(until)) return false;
    return true;
}

bool process::silent_within(std::chrono::milliseconds within) {
    const clock::time_point until = clock::now() + within;
    while (read_more(until)) {}
    return out_ended_;
}

std::optional<int> process::wait(std::chrono::milliseconds within) {
    const clock::time_point until = clock::now() + within;
    while (!status_) {
        int how = 0;
        const pid_t who = ::waitpid(pid_, &how, WNOHANG);
        if (who == pid_) {
            status_ = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
        } else if (clock::now() >= until) {
            return std::nullopt;
        } else {
            std::this_thread::sleep_for(std::chrono::milliseconds{2});
        }
    }
    while (read_more(clock::now())) {}
    return status_;
}

std::string process::errors() {
    std::string all;
    char bytes[4096];
    ::fcntl(errors_, F_SETFL, O_NONBLOCK);
    for (ssize_t got = 0; (got = ::read(errors_, bytes, sizeof bytes)) > 0;)
        all.append(bytes, static_cast<std::size_t>(got));
    return all;
}

std::vector<std::string> admit(std::initializer_list<std::string> arguments) {
    std::vector<std::string> words{ADMIT_BINARY};
    words.insert(words.end(), arguments);
    return words;
}

}  // namespace admit::client::testing
