// What SQLite does its input and output with, when a test wants that to go wrong: a shim over the
// system's own that counts, fails, shortens, tears and forgets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace admit::journal::test {

enum class fault : std::uint8_t {
    none,
    fail,     ///< an error, nothing done
    full,     ///< no room: writes fail, everything else goes on
    shorten,  ///< half of a write is done, then an error
};

/// What becomes of writes that were not synced when the machine goes down.
enum class unsynced : std::uint8_t {
    kept,  ///< it did not: the process was killed
    dropped,
    some,  ///< any of them, torn between sectors
};

/// One at a time in a process. Thread-safe.
class fault_vfs {
public:
    fault_vfs();
    ~fault_vfs();
    fault_vfs(const fault_vfs&) = delete;
    fault_vfs& operator=(const fault_vfs&) = delete;

    /// Its name, for journal::options.
    static const char* name();

    /// The `at`-th input or output from now on goes wrong, and where `sticky` every one after it.
    void plan(std::uint64_t at, fault, bool sticky);
    /// The `at`-th and everything after it is not done any more, as if the process had ended.
    void plan_end(std::uint64_t at) { plan(at, fault::fail, true); }
    /// Whether it has come to that.
    bool struck() const;
    /// Reads, writes, syncs and the like since `plan`.
    std::uint64_t count() const;
    /// Syncs since it was made.
    std::uint64_t syncs() const;

    /// With no file open any more: leaves in the files what an end of the machine would have.
    void lose(unsynced, std::uint64_t seed);

    struct book;

private:
    std::unique_ptr<book> book_;
};

}  // namespace admit::journal::test
