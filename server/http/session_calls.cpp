// The session between HTTP and the engine: requests in the order in which they came, answers in the
// order in which they are given.
#include "server/http/limits.hpp"
#include "server/http/session.hpp"
#include "server/http/session_list.hpp"
#include "server/http/system.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

namespace admit::http {

/// Nothing is decided behind a call that waits.
void session::decide_requests() {
    while (stage_ == stage::serving && !waiting_) {
        const request* const what = connection_.next(now_);
        if (what == nullptr) break;
        decide(*what);
    }
    if (download_) feed();
}

void session::decide(const request& what) {
    call mine;
    mine.serial = what.serial;
    mine.asked = what.method;
    mine.began = since_;
    const std::string_view path = what.target.substr(0, what.target.find('?'));
    if (what.refused) {
        mine.row = row_of(what.method, path);
        const auto write = [&](const envelope& how, std::string& out) {
            return respond(*what.refused, {}, how, out);
        };
        return reply(mine, path, {}, write);
    }
    routed to;
    try {
        to = route(what, owner_.shared().edge());
    } catch (const std::exception&) {
        const auto rethrow = [](const envelope&, std::string&) -> int { throw; };
        return reply(mine, path, {}, rethrow);
    }
    mine.row = to.row;
    if (const auto* command = std::get_if<core::command>(&to.what)) return submit(mine, *command);
    if (std::holds_alternative<take_backup>(to.what)) return begin_backup(mine);

    reply(mine, path, {}, [&](const envelope& how, std::string& out) {
        if (const auto* system = std::get_if<system_call>(&to.what))
            return respond(*system, owner_.shared(), how, out);
        if (const auto* problem = std::get_if<admit::problem>(&to.what))
            return respond(*problem, to.allow, how, out);
        return respond_allow(to.allow, how, out);
    });
}

void session::submit(call mine, const core::command& what) {
    engine::submission submitted = owner_.shared().engine.submit(what, *this, owner_.loop());
    mine.id = submitted.call;
    mine.decided = submitted.decided;
    if (submitted.answer) return answer(mine, *submitted.answer);
    waiting_ = !submitted.decided;
    calls_.push_back(mine);
}

void session::answered(core::call_id id, admit::answer&& what) noexcept {
    now_ = owner_.now();
    const auto at = std::find_if(calls_.begin(), calls_.end(),
                                 [id](const call& each) { return each.id == id; });
    assert(at != calls_.end());
    const call mine = *at;
    calls_.erase(at);
    if (!mine.decided) waiting_ = false;

    const admit::token token = granted(what);
    if (stage_ != stage::serving && token != 0) {
        give_back({{id, token}});
        break_off();
    } else if (stage_ == stage::closed) {
        // Nobody to tell.
    } else if (std::holds_alternative<nobody>(what)) {
        connection_.replied(mine.serial, now_);
    } else {
        answer(mine, what);
    }
    owner_.make_ready(*this);
}

void session::answer(const call& mine, const admit::answer& what) {
    reply(mine, {}, {mine.id, granted(what)}, [&](const envelope& how, std::string& out) {
        return respond(what, owner_.shared().make_handle, how, out);
    });
}

/// Lets `write` append the reply. Should it throw, the client is told of a failure and of nothing
/// else, and a grant that it would have been told of is given back.
template <class Write>
void session::reply(const call& mine, std::string_view path, grant given, const Write& write) {
    const envelope how{owner_.date(), connection_.closes(mine.serial), mine.asked == method::head,
                       &owner_.scratch()};
    observer* const watch = owner_.shared().watch;
    std::string& out = connection_.reply(mine.serial);
    const std::size_t begin = out.size();
    int status = 0;
    try {
        status = write(how, out);
    } catch (const std::exception& error) {
        out.resize(begin);
        if (given.token != 0) give_back({given});
        given = {};
        const std::string id = owner_.shared().ids.make();
        if (watch != nullptr) watch->failed(id, error.what());
        const std::string detail = "look for " + id + " in the server's log";
        status = respond({errc::internal, detail, {}, {}, 0}, {}, how, out);
    }
    const std::size_t bytes = out.size() - begin;
    connection_.replied(mine.serial, now_, given);
    tell(mine, path, status, bytes);
}

/// Tells who watches of a request that was answered.
void session::tell(const call& mine, std::string_view path, int status, std::size_t bytes) {
    observer* const watch = owner_.shared().watch;
    if (watch == nullptr) return;
    exchange done;
    done.status = status;
    done.bytes = bytes;
    done.row = mine.row;
    done.method = name(mine.asked);
    done.path = mine.row == routed::no_row ? path : routes()[mine.row].path;
    done.took = owner_.now() - mine.began;
    watch->answered(done);
}

}  // namespace admit::http
