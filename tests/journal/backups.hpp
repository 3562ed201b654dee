// Asks journals for backups and waits for them.
#pragma once

#include "server/journal/journal.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

namespace admit::journal::test {

/// An order, and the way to what comes of it.
class backup_wish {
public:
    explicit backup_wish(journal& log) {
        auto order = std::make_shared<backup_order>();
        order->claim = claim_;
        order->on_done = [end = end_](backup_result r) { end->set_value(std::move(r)); };
        log.back_up(order);
    }

    /// Waits for the end.
    backup_result result() {
        if (ended_.wait_for(std::chrono::seconds(60)) != std::future_status::ready)
            throw std::runtime_error("a backup that does not end");
        return ended_.get();
    }
    bool ended() const {
        return ended_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }
    void give_up() { claim_.reset(); }

private:
    std::shared_ptr<const void> claim_ = std::make_shared<int>();
    std::shared_ptr<std::promise<backup_result>> end_ =
        std::make_shared<std::promise<backup_result>>();
    std::future<backup_result> ended_ = end_->get_future();
};

inline std::string bytes_of(const backup_file& f) {
    std::string all;
    while (all.size() < f.size())
        f.read(all.size(), 1000, all);
    return all;
}

inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// Every file of a directory, with its bytes.
inline std::map<std::string, std::string> files_in(const std::string& directory) {
    std::map<std::string, std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (entry.is_regular_file())
            all[entry.path().filename().string()] = read_file(entry.path().string());
    }
    return all;
}

/// A backup that has to succeed, in a file.
inline void back_up_to(journal& log, const std::string& path) {
    backup_wish wish(log);
    const backup_result made = wish.result();
    if (const auto* const why = std::get_if<backup_trouble>(&made))
        throw std::runtime_error("no backup: " + why->what);
    write_file(path, bytes_of(*std::get<std::shared_ptr<const backup_file>>(made)));
}

}  // namespace admit::journal::test
