// What the disk takes for the appends of a journal, without the journal: into a log that is written
// over again and again, as SQLite's is after its first round, one frame of 24 and 4096 bytes and a
// sync each, then the mark. Prints the median and the 99th percentile as one line of JSON.
//   appends DIRECTORY SECONDS
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::size_t head_bytes = 24;
constexpr std::size_t page_bytes = 4096;
constexpr std::size_t mark_bytes = 512;
constexpr std::size_t rounds = 512;  // frames until the log begins anew

/// A file that goes with its end.
class scratch {
public:
    explicit scratch(const std::string& path)
        : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
        if (fd_ < 0) throw std::runtime_error(path + " cannot be made");
        ::unlink(path.c_str());
    }
    ~scratch() { ::close(fd_); }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;

    void write(std::size_t at, std::string_view bytes) const {
        if (::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at)) !=
            static_cast<ssize_t>(bytes.size()))
            throw std::runtime_error("a write was not done");
    }
    void sync() const {
        if (::fdatasync(fd_) != 0) throw std::runtime_error("a sync was not done");
    }

private:
    int fd_;
};

struct times {
    std::vector<double> sync_us;
    std::vector<double> append_us;
};

double us(clock_type::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

double at(std::vector<double>& all, double share) {
    std::sort(all.begin(), all.end());
    return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
}

void append(const scratch& log, const scratch& mark, std::size_t number, times& found) {
    static const std::string head(head_bytes, 'h');
    static const std::string page(page_bytes, 'p');
    static const std::string slot(mark_bytes, 'm');
    const std::size_t place = number % rounds * (head_bytes + page_bytes);
    const auto begun = clock_type::now();
    log.write(place, head);
    log.write(place + head_bytes, page);
    const auto written = clock_type::now();
    log.sync();
    const auto synced = clock_type::now();
    mark.write(number % 2 * mark_bytes, slot);
    found.sync_us.push_back(us(synced - written));
    found.append_us.push_back(us(clock_type::now() - begun));
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) throw std::runtime_error("appends DIRECTORY SECONDS");
    const std::string where = argv[1];
    const scratch log(where + "/appends.log");
    const scratch mark(where + "/appends.mark");
    std::size_t number = 0;
    times found;
    // The first round makes the file.
    for (; number < rounds; ++number)
        append(log, mark, number, found);
    found = {};
    const auto until = clock_type::now() + std::chrono::duration<double>(std::atof(argv[2]));
    do
        append(log, mark, number++, found);
    while (clock_type::now() < until);
    std::printf(R"({"appends":%zu,"sync_p50_us":%.1f,"sync_p99_us":%.1f,"p50_us":%.1f})"
                "\n",
                found.sync_us.size(), at(found.sync_us, .5), at(found.sync_us, .99),
                at(found.append_us, .5));
    return 0;
} catch (const std::exception& e) {
    std::fprintf(stderr, "appends: %s\n", e.what());
    return 1;
}
