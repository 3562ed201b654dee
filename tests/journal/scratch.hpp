// A directory that is gone with the test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace admit::journal::test {

class scratch {
public:
    scratch() {
        // In memory where there is such a place: what a disk would do is the tests' own doing.
        const bool fast = std::filesystem::is_directory("/dev/shm");
        std::string made = (fast ? "/dev/shm" : std::filesystem::temp_directory_path().string()) +
                           "/admit-journal-XXXXXX";
        if (::mkdtemp(made.data()) == nullptr) throw std::runtime_error("no directory for a test");
        path_ = made;
    }
    ~scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;

    const std::string& path() const noexcept { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

}  // namespace admit::journal::test
