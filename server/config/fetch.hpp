// Fetches a backup from a running server, for `admitd backup`.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace admit::config {

/// How it went, as a process ends: an exit status, and one line where it did not go well.
struct fetched {
    int status = 0;
    std::string text;
};

/// GET /v1/backup of `url`, or of the server that listens at `listen` where that is empty, as
/// `ask_health` does. The body goes to `take` in its order, all of it where it went well. Blocks,
/// also while the server makes the backup, but not with a server that says nothing for a minute.
/// Throws what `take` throws.
fetched fetch_backup(const std::string& url, boost::asio::ip::tcp::endpoint listen,
                     const std::function<void(std::string_view)>& take);

/// Of the header of an answer, what is needed of it. Pure.
struct answer_head {
    int status = 0;            ///< 0: it is no HTTP
    std::uint64_t length = 0;  ///< of the body
    bool has_length = false;
};
answer_head head_of(std::string_view header);

}  // namespace admit::config
