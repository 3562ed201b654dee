// An io_context that a test runs until what it waits for has come.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>

namespace admit::client::testing {

struct loop {
    /// Runs handlers until `done()`, which may also look at other threads; false after `within`.
    template <class Predicate>
    bool run_until(Predicate done, std::chrono::milliseconds within = std::chrono::seconds{10}) {
        const auto end = std::chrono::steady_clock::now() + within;
        while (!done()) {
            if (std::chrono::steady_clock::now() >= end) return false;
            io.run_one_for(std::chrono::milliseconds{5});
        }
        return true;
    }
    /// Runs handlers for as long, to see that something does not come.
    void run_for(std::chrono::milliseconds time) { io.run_for(time); }

    auto executor() { return io.get_executor(); }

    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
        io.get_executor()};
};

}  // namespace admit::client::testing
