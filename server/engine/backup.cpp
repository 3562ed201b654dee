// Backups: the engine only knows whether it is the time for one, and where the answer goes.
#include "server/engine/impl.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace admit::engine {
namespace {

problem refused(errc code, std::string detail) {
    return {.code = code, .detail = std::move(detail)};
}

problem problem_of(const journal::backup_trouble& why) {
    switch (why.kind) {
        case journal::backup_failure::nothing_kept:
            return refused(errc::not_implemented,
                           "This server keeps its state in memory only (--ephemeral): there is "
                           "nothing that could be restored");
        case journal::backup_failure::busy:
            return refused(errc::overloaded, "No backup now: " + why.what);
        case journal::backup_failure::no_room:
            return refused(errc::overloaded, "No room for a backup: " + why.what);
        case journal::backup_failure::ended:
            return refused(errc::shutting_down, "No backup any more: " + why.what);
        case journal::backup_failure::failed:
            break;
    }
    return refused(errc::internal, "The backup failed: " + why.what);
}

}  // namespace

std::optional<problem> engine::why_no_backup() const {
    if (!impl_->keeps) return problem_of({journal::backup_failure::nothing_kept, {}});
    const std::lock_guard lock(impl_->mutex);
    return impl_->why_not_open();
}

backup_claim engine::async_backup(loop& home, std::function<void(backup_answer)> done) {
    auto claim = std::make_shared<int>();
    const auto tell = [&home, claim = std::weak_ptr<const void>(claim),
                       done = std::move(done)](backup_answer answer) {
        boost::asio::post(home.context(), [claim, done, answer = std::move(answer)] {
            if (!claim.expired()) done(answer);
        });
    };
    if (auto why = why_no_backup()) {
        tell(std::move(*why));
        return claim;
    }
    auto order = std::make_shared<journal::backup_order>();
    order->claim = claim;
    order->on_done = [tell](journal::backup_result result) {
        if (const auto* const why = std::get_if<journal::backup_trouble>(&result))
            return tell(problem_of(*why));
        tell(std::get<std::shared_ptr<const journal::backup_file>>(std::move(result)));
    };
    impl_->log.back_up(order);
    return claim;
}

}  // namespace admit::engine
