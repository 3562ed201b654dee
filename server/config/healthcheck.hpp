// Asks a running server whether it is ready, for containers and scripts.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace admit::config {

struct health {
    bool ready = false;
    std::string text;  ///< what was found, one line for people
};

/// GET /readyz of `url`, or of the server that listens at `listen` where `url` is empty (an address
/// that means all of them is asked on loopback). Blocks for at most three seconds.
health ask_health(const std::string& url, boost::asio::ip::tcp::endpoint listen);

/// What to ask: host and port to connect to, and the request's target.
struct health_question {
    std::string host;
    std::string port;
    std::string target;
};
/// Pure; an empty host means that `url` is none of `http://host[:port][/path]`.
health_question question_for(const std::string& url, boost::asio::ip::tcp::endpoint listen);

/// Its host and port as a Host field names them. Pure.
std::string authority(const health_question&);

}  // namespace admit::config
