// A child process of a test, with its output in pipes. Nothing of it outlives the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace admit::client::testing {

struct process_options {
    std::string input;                     ///< of stdin, which then ends
    std::vector<std::string> environment;  ///< `NAME=value`, added to the test's own
    std::vector<int> ignored;              ///< signals that it inherits ignored
    bool on_terminal = false;              ///< a session of its own on a pseudo-terminal
    bool output_closed = false;            ///< nobody reads stdout
};

class process {
public:
    explicit process(std::vector<std::string> words, process_options = {});
    ~process();
    process(const process&) = delete;
    process& operator=(const process&) = delete;

    pid_t pid() const noexcept { return pid_; }
    void signal(int number) const;
    /// Types on the terminal.
    void type(const std::string& keys) const;

    /// Reads on until the text is in what came on stdout so far; false after 10 s or at the end.
    bool says(const std::string& text);
    /// Waits up to `within` until nobody has stdout open any more: it and all its descendants that
    /// inherited it are gone.
    bool silent_within(std::chrono::milliseconds within);
    /// The exit status, or 128+n after signal n; nothing if it still runs after `within`.
    std::optional<int> wait(std::chrono::milliseconds within = std::chrono::seconds{10});

    const std::string& output() const noexcept { return output_; }
    /// All of stderr; after the end of the process.
    std::string errors();

private:
    /// Waits for more output; false at the end of it or of the time.
    bool read_more(std::chrono::steady_clock::time_point until);

    pid_t pid_ = -1;
    int out_ = -1;
    int errors_ = -1;
    bool out_ended_ = false;
    std::optional<int> status_;
    std::string output_;
};

/// `admit` with these arguments, as it was built beside the tests.
std::vector<std::string> admit(std::initializer_list<std::string> arguments);

}  // namespace admit::client::testing
