#include "tests/journal/kept_journal.hpp"

#include <condition_variable>
#include <stdexcept>
#include <thread>
#include <utility>

namespace admit::journal::test {

void shelf::put(std::span<const frame> batch) {
    const std::lock_guard lock(mutex_);
    frames_.insert(frames_.end(), batch.begin(), batch.end());
}

std::vector<frame> shelf::frames() const {
    const std::lock_guard lock(mutex_);
    return frames_;
}

void shelf::break_after(std::size_t appends) {
    const std::lock_guard lock(mutex_);
    left_ = appends;
}

bool shelf::broken() {
    const std::lock_guard lock(mutex_);
    if (left_ == 0) return true;
    --left_;
    return false;
}

namespace {

class kept final : public journal {
public:
    explicit kept(std::shared_ptr<shelf> s) : shelf_(std::move(s)), thread_([this] { work(); }) {}
    ~kept() override { close(); }
    kept(const kept&) = delete;
    kept& operator=(const kept&) = delete;

    append_result append(std::span<const frame> batch, const append_done& on_done) override {
        const std::lock_guard lock(mutex_);
        if (done_) throw std::logic_error("two appends at a time");
        if (batch.empty() && !failed_) return append_result::durable;
        batch_ = batch;
        done_ = on_done;
        wake_.notify_one();
        return append_result::pending;
    }

    former_life replay(const replay_visitor& v) override {
        const auto frames = shelf_->frames();
        for (const frame& f : frames)
            v.visit(f);
        return {.any = !frames.empty()};
    }

    void close() override {
        {
            const std::lock_guard lock(mutex_);
            closing_ = true;
            wake_.notify_one();
        }
        if (thread_.joinable()) thread_.join();
    }

    bool keeps() const noexcept override { return true; }

private:
    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            wake_.wait(lock, [this] { return done_ || closing_; });
            if (!done_) return;
            failed_ = failed_ || shelf_->broken();
            if (!failed_) shelf_->put(batch_);
            const append_done done = std::exchange(done_, nullptr);
            const auto error =
                failed_ ? std::make_error_code(std::errc::io_error) : std::error_code();
            lock.unlock();
            done(error);
            lock.lock();
        }
    }

    const std::shared_ptr<shelf> shelf_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::span<const frame> batch_;
    append_done done_;
    bool failed_ = false;
    bool closing_ = false;
    std::thread thread_;
};

}  // namespace

std::unique_ptr<journal> make_kept(std::shared_ptr<shelf> s) {
    return std::make_unique<kept>(std::move(s));
}

}  // namespace admit::journal::test
