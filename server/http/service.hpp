// What all sessions of a server share, and who is told of their requests.
#pragma once

#include "proto/codec.hpp"
#include "server/engine/engine.hpp"
#include "server/http/handles.hpp"
#include "server/http/route.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace admit::http {

/// An answered request, as metrics and logs may show it: without names and secrets.
struct exchange {
    std::size_t row = routed::no_row;  ///< index into `routes()`
    std::string_view method;           ///< lives for ever
    /// The row's path, which lives for ever; where none fits, the path that was asked for, which is
    /// a client's text and dies with the call.
    std::string_view path;
    int status = 0;
    std::chrono::nanoseconds took{};  ///< from the whole request to its reply
    std::size_t bytes = 0;            ///< of the reply, header included
};

/// Any loop's thread; must not block.
class observer {
public:
    virtual void answered(const exchange&) noexcept = 0;
    /// A request failed because of us. The client was told `id` and nothing else.
    virtual void failed(std::string_view id, std::string_view what) noexcept = 0;

protected:
    ~observer() = default;
};

struct service {
    engine::engine& engine;
    const http::handles& handles;
    id_maker& ids;
    bool loopback = true;  ///< see `refuse_cross_origin`
    std::string version;
    std::string commit;
    /// Prometheus text; any loop's thread.
    std::function<std::string()> metrics;
    observer* watch = nullptr;
    /// `handles.make`, as the codec wants it.
    handle_maker make_handle;

    http::edge edge() const { return {handles, ids, loopback}; }
};

}  // namespace admit::http
