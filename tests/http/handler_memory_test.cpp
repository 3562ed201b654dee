// Memory for one operation at a time.
#include "server/http/handler_memory.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <cstdint>
#include <memory>

namespace admit::http {
namespace {

TEST(HandlerMemory, IsUsedAgainAndAgain) {
    handler_memory memory;
    void* const first = memory.allocate(128);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % alignof(std::max_align_t), 0u);
    memory.free(first);
    void* const second = memory.allocate(1);
    EXPECT_EQ(second, first);
    memory.free(second);
}

// The sanitizer sees to it that the heap gets back what it has given.
TEST(HandlerMemory, LeavesToTheHeapWhatItHasNoRoomFor) {
    handler_memory memory;
    void* const large = memory.allocate(100'000);
    void* const mine = memory.allocate(128);
    void* const another = memory.allocate(128);
    EXPECT_NE(another, mine);
    memory.free(mine);
    memory.free(another);
    memory.free(large);
    EXPECT_EQ(memory.allocate(128), mine) << "what came from the heap must not change that";
}

TEST(HandlerMemory, IsWhereAsioKeepsTheHandler) {
    handler_memory memory;
    boost::asio::io_context context;
    int called = 0;
    boost::asio::post(context, kept_handler(memory, [&] { ++called; }));
    void* const other = memory.allocate(1);
    context.run();
    EXPECT_EQ(called, 1);
    void* const mine = memory.allocate(1);
    EXPECT_NE(mine, other) << "it was taken by the handler";
    memory.free(mine);
    memory.free(other);
}

TEST(HandlerMemory, AllocatorsAreEqualWhereTheirMemoryIs) {
    handler_memory one, two;
    const handler_allocator<int> a(one), b(two);
    EXPECT_TRUE(a == handler_allocator<long>(one));
    EXPECT_FALSE(a == b);
}

}  // namespace
}  // namespace admit::http
