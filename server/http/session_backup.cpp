// A backup as a reply: made elsewhere, then handed to the connection a piece at a time, whenever
// the piece before has left. Nothing else on this connection is decided meanwhile.
#include "server/http/limits.hpp"
#include "server/http/session.hpp"
#include "server/http/session_list.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace admit::http {
namespace {

constexpr std::string_view backup_type = "application/octet-stream";

}  // namespace

bool download::is_too_slow(instant now) const noexcept {
    if (!file) return false;
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - sending_since);
    return passed >= limits::write_time && sent / static_cast<std::uint64_t>(passed.count()) <
                                               limits::download_bytes_per_second_min;
}

void session::begin_backup(const call& mine) {
    engine::engine& engine = owner_.shared().engine;
    waiting_ = true;
    download_ = std::make_unique<download>();
    download_->serial = mine.serial;
    download_->row = mine.row;
    download_->asked = mine.asked;
    download_->began = mine.began;
    if (mine.asked == method::head) {
        download_->wrong = engine.why_no_backup();
        download_->decided = true;
        return;
    }
    // When this session has gone, so has the claim, and nothing is called.
    download_->claim = engine.async_backup(
        owner_.loop(), [this](const engine::backup_answer& what) { backup_ready(what); });
}

void session::backup_ready(const engine::backup_answer& what) {
    now_ = owner_.now();
    download_->decided = true;
    download_->sending_since = now_;
    if (const auto* const why = std::get_if<admit::problem>(&what))
        download_->wrong = *why;
    else
        download_->file = std::get<std::shared_ptr<const journal::backup_file>>(what);
    keep_unsent_below(socket_, 2 * limits::download_bytes);
    owner_.make_ready(*this);
}

/// Once the replies before have left: the head of the reply, and as much of the file as there is
/// room for.
void session::feed() {
    download& d = *download_;
    if (!d.decided || stage_ != stage::serving || !calls_.empty()) return;
    if (connection_.replies().bytes_leaving() > 0) return;
    std::string& out = connection_.reply(d.serial);
    const envelope how{owner_.date(), connection_.closes(d.serial), d.asked == method::head,
                       &owner_.scratch()};
    if (!d.file) {
        const int status = d.wrong ? respond(logged(*d.wrong), {}, how, out)
                                   : respond_begin(backup_type, std::nullopt, how, out);
        return end_download(status, out.size());
    }
    if (!std::exchange(d.head_sent, true)) {
        respond_begin(backup_type, d.file->size(), how, out);
        d.head_bytes = out.size();
    }
    const std::size_t before = out.size();
    try {
        d.file->read(d.sent, limits::download_bytes, out);
    } catch (const std::exception&) {
        // What was promised cannot be kept: the client sees that it is cut off.
        return break_off();
    }
    d.sent += out.size() - before;
    if (d.sent == d.file->size())
        end_download(200, d.head_bytes + static_cast<std::size_t>(d.sent));
    else if (out.size() == before)
        break_off();
}

void session::end_download(int status, std::size_t bytes) {
    call mine;
    mine.serial = download_->serial;
    mine.row = download_->row;
    mine.asked = download_->asked;
    mine.began = download_->began;
    waiting_ = false;
    download_.reset();
    connection_.replied(mine.serial, now_);
    tell(mine, {}, status, bytes);
}

/// What failed because of us is said in the log, too.
admit::problem session::logged(admit::problem what) {
    observer* const watch = owner_.shared().watch;
    if (what.code != errc::internal || watch == nullptr) return what;
    const std::string id = owner_.shared().ids.make();
    watch->failed(id, what.detail);
    what.detail += "; look for " + id + " in the server's log";
    return what;
}

}  // namespace admit::http
