// Whom --healthcheck asks, and what it makes of the answer.
#include "server/config/healthcheck.hpp"

#include "server/config/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <string>
#include <thread>

namespace admit::config {
namespace {

using boost::asio::ip::tcp;
using testing::HasSubstr;

std::string asked(const std::string& url, const char* listen) {
    const health_question q = question_for(url, *endpoint_of(listen));
    return q.host.empty() ? "none" : q.host + " " + q.port + " " + q.target;
}

TEST(Healthcheck, AsksTheServerThatListensThere) {
    EXPECT_EQ(asked("", "127.0.0.1:8080"), "127.0.0.1 8080 /readyz");
    EXPECT_EQ(asked("", "0.0.0.0:80"), "127.0.0.1 80 /readyz");
    EXPECT_EQ(asked("", "[::]:80"), "::1 80 /readyz");
    EXPECT_EQ(asked("", "10.1.2.3:80"), "10.1.2.3 80 /readyz");
}

TEST(Healthcheck, OrTheOneOfTheUrl) {
    const char* const any = "127.0.0.1:8080";
    EXPECT_EQ(asked("http://admit:81", any), "admit 81 /readyz");
    EXPECT_EQ(asked("http://admit/", any), "admit 80 /readyz");
    EXPECT_EQ(asked("http://[::1]:81/healthz", any), "::1 81 /healthz");
    for (const char* wrong : {"admit:81", "https://admit", "http://", "http://u@admit", "x y"})
        EXPECT_EQ(asked(wrong, any), "none") << wrong;
}

/// A server that gives one answer.
health ask_one_that_says(const std::string& answer) {
    boost::asio::io_context context;
    tcp::acceptor acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    std::string request;
    std::thread server([&] {
        tcp::socket socket = acceptor.accept();
        boost::asio::read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n");
        boost::asio::write(socket, boost::asio::buffer(answer));
    });
    const health found = ask_health("", acceptor.local_endpoint());
    server.join();
    EXPECT_THAT(request, HasSubstr("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:"));
    return found;
}

TEST(Healthcheck, ReadyIs200AndNothingElse) {
    EXPECT_TRUE(ask_one_that_says("HTTP/1.1 200 OK\r\n\r\n").ready);
    const health found = ask_one_that_says("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    EXPECT_FALSE(found.ready);
    EXPECT_THAT(found.text, HasSubstr("503"));
    EXPECT_FALSE(ask_one_that_says("").ready);
    EXPECT_FALSE(ask_one_that_says("HTTP/1.1 2").ready);
}

TEST(Healthcheck, NobodyThereIsNotReady) {
    boost::asio::io_context context;
    tcp::acceptor acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    const tcp::endpoint gone = acceptor.local_endpoint();
    acceptor.close();
    const health found = ask_health("", gone);
    EXPECT_FALSE(found.ready);
    EXPECT_THAT(found.text, HasSubstr("refused"));
    EXPECT_FALSE(ask_health("nonsense", gone).ready);
    // A name is looked up on another way than an address.
    const health named = ask_health("http://localhost:" + std::to_string(gone.port()), gone);
    EXPECT_FALSE(named.ready);
    EXPECT_THAT(named.text, HasSubstr("refused"));
}

}  // namespace
}  // namespace admit::config
