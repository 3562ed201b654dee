// What a preloaded library counts, in a page that bench/run reads.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

namespace admit::bench {

/// The file that the variable names, as a `Page` in memory for as long as the process lives; none
/// where there is no such variable or file.
template <class Page>
Page* shared_page(const char* variable) noexcept {
    const char* const path = std::getenv(variable);
    const int fd = path != nullptr ? ::open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return nullptr;
    void* const at = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    return at != MAP_FAILED ? static_cast<Page*>(at) : nullptr;
}

}  // namespace admit::bench
