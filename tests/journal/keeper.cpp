#include "tests/journal/keeper.hpp"

#include <chrono>
#include <future>
#include <thread>

namespace admit::journal::test {

std::unique_ptr<journal> open_in(const std::string& directory, const options& o) {
    opened found = open("sqlite:" + directory, o);
    if (const auto* why = std::get_if<trouble>(&found)) throw refusal(*why);
    return std::move(std::get<0>(found));
}

std::error_code append(journal& log, const std::vector<frame>& batch) {
    std::promise<std::error_code> end;
    auto ended = end.get_future();
    if (log.append(batch, [&end](std::error_code e) { end.set_value(e); }) ==
        append_result::durable)
        return {};
    if (ended.wait_for(std::chrono::seconds(60)) != std::future_status::ready)
        throw std::runtime_error("an append that does not end");
    return ended.get();
}

told replay(journal& log, const core::settings& s) {
    told all;
    all.state = std::make_unique<core::core>(s);
    all.life = log.replay({.restore =
                               [&](const core::image& i) {
                                   ++all.images;
                                   all.state->restore(i);
                               },
                           .visit =
                               [&](const frame& f) {
                                   for (const core::record& r : f.records)
                                       all.state->replay(r, f.at);
                                   all.digests_match &= all.state->digest() == f.digest;
                                   all.frames.push_back(f);
                               },
                           .progress = {}});
    return all;
}

bool wait_for_rest(const journal& log) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (log.figures().tending && log.failure().empty()) {
        if (std::chrono::steady_clock::now() > until)
            throw std::runtime_error("a journal that does not come to rest");
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    return log.failure().empty();
}

}  // namespace admit::journal::test
