// The core in a steady state asks the heap for nothing. A program of its own: it counts what all of
// it asks for.
#include "server/core/core.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <variant>

namespace {

std::size_t allocations = 0;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* const out = std::malloc(size)) return out;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* gone) noexcept { std::free(gone); }
[[gnu::noinline]] void operator delete(void* gone, std::size_t) noexcept { std::free(gone); }

namespace admit::test {
namespace {

/// Workers that want the one slot of a pool.
class workers {
public:
    workers() {
        core::set_pool db{.pool = "db", .change = {}, .only_if = {}};
        db.change.limit = 1;
        step(db);
    }

    void acquire() {
        core::acquire asks;
        asks.pool = "db";
        asks.worker = "w";
        asks.request_id = "r" + std::to_string(call_ % 1'000'000);
        asks.wait_ms = 1'000;
        step(asks);
    }
    void renew() { step(core::renew{{held_}, true, {}}); }
    void release() { step(core::release{{held_}}); }

private:
    void step(const core::command& what) {
        core_.step(what, ++call_, {}, out_);
        for (const core::reply& r : out_.replies) {
            if (const auto* got = std::get_if<acquired>(&r.answer)) held_ = got->token;
        }
    }

    core::core core_{{.ended_max = 1'000}};
    core::effects out_;
    core::call_id call_ = 0;
    token held_ = 0;
};

/// What `turn` allocates once as much is forgotten as comes.
template <class Turn>
std::size_t allocated_by(const Turn& turn) {
    for (int i = 0; i < 200'000; ++i)
        turn();
    const std::size_t before = allocations;
    for (int i = 0; i < 3'000; ++i)
        turn();
    return allocations - before;
}

TEST(Allocations, none_for_who_comes_and_goes) {
    workers w;
    EXPECT_EQ(allocated_by([&w] {
                  w.acquire();
                  w.renew();
                  w.release();
              }),
              0U);
}

TEST(Allocations, none_for_who_waits_in_line) {
    workers w;
    w.acquire();
    w.acquire();
    EXPECT_EQ(allocated_by([&w] {
                  w.acquire();
                  w.release();
              }),
              0U);
}

}  // namespace
}  // namespace admit::test
