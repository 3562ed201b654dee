// Handlers whose operations lie in a pool.
#include "server/engine/loop.hpp"
#include "server/http/pooled_handler.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include <cstddef>
#include <memory_resource>

namespace admit::http {
namespace {

class counting : public std::pmr::memory_resource {
public:
    int taken = 0;
    int given_back = 0;

private:
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        ++taken;
        return std::pmr::new_delete_resource()->allocate(size, alignment);
    }
    void do_deallocate(void* what, std::size_t size, std::size_t alignment) override {
        ++given_back;
        std::pmr::new_delete_resource()->deallocate(what, size, alignment);
    }
    bool do_is_equal(const memory_resource& other) const noexcept override {
        return this == &other;
    }
};

TEST(PooledHandler, TakesItsMemoryFromThere) {
    counting memory;
    engine::loop loop;
    int sum = 0;
    for (int i = 1; i <= 3; ++i)
        boost::asio::post(loop.context(), pooled_handler(memory, [&sum, i] { sum += i; }));
    EXPECT_EQ(memory.taken, 3);
    loop.context().run();
    EXPECT_EQ(sum, 6);
    EXPECT_EQ(memory.given_back, 3);
}

TEST(PooledHandler, MayBeLeftInALoopThatNeverRuns) {
    engine::loop loop;
    bool called = false;
    boost::asio::post(loop.context(), pooled_handler(loop.memory(), [&] { called = true; }));
    EXPECT_FALSE(called);  // the sanitizer minds if the loop's memory went before its context
}

}  // namespace
}  // namespace admit::http
