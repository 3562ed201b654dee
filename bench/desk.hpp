// The same routes, codec and core as in admitd, for the servers that it is measured beside: what
// differs is only how they wait for sockets and for each other. In memory, without metrics and log.
#pragma once

#include "proto/answers.hpp"
#include "proto/codec.hpp"
#include "server/core/core.hpp"
#include "server/http/handles.hpp"
#include "server/http/route.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace admit::bench {

/// Who waits for an answer.
class asker {
public:
    virtual void answered(admit::answer&&) = 0;

protected:
    ~asker() = default;
};

/// How to use it: `route` a request; `decide` where that gives a command. `route` and `handles` may
/// be used by any thread, the rest by one at a time.
class desk {
public:
    desk();

    http::routed route(const http::request&);
    const handle_maker& handles() const noexcept { return make_handle_; }

    /// The answer, or nothing where it is still to come: then `who` gets it from within a later
    /// call, and lives until then.
    std::optional<admit::answer> decide(const core::command&, asker& who);

    /// Ends what is due. To be called about ten times a second.
    void expire();

private:
    /// Hands out the effects; returns the answer to `own`, if it is among them.
    std::optional<admit::answer> settle(core::call_id own, core::instant now);

    http::handles keys_;
    http::id_maker ids_;
    handle_maker make_handle_;
    core::core core_;
    core::effects effects_;
    core::call_id last_call_ = 0;
    std::unordered_map<core::call_id, asker*> waiting_;
};

/// What there is to answer where a route gives no command: a problem, for there are no pages here.
admit::problem refusal_of(const http::routed&);

}  // namespace admit::bench
