// Preloaded into a server: counts how often it asks the heap for memory, in a page that bench/run
// reads. glibc lets malloc be replaced, and keeps its own under these names.
#include "bench/support/shared_page.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}

namespace {

/// As bench/harness/memory.py reads it.
struct counted {
    std::atomic<std::uint64_t> allocations;
};

counted* page = nullptr;

[[gnu::constructor]] void begin() {
    page = admit::bench::shared_page<counted>("BENCH_ALLOCATIONS");
}

void count() noexcept {
    if (page != nullptr) page->allocations.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

extern "C" {
void* malloc(std::size_t size) {
    count();
    return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) {
    count();
    return __libc_calloc(number, size);
}
void* realloc(void* old, std::size_t size) {
    count();
    return __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
    count();
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
    *out = memalign(alignment, size);
    return *out != nullptr ? 0 : ENOMEM;
}
}
