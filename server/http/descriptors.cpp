#include "server/http/descriptors.hpp"

#include "server/http/limits.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace admit::http {

std::size_t raise_descriptor_limit() noexcept {
    constexpr std::size_t needed = limits::connections_max + limits::descriptors_kept;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return limits::descriptors_kept;
    if (limit.rlim_cur < needed && limit.rlim_cur < limit.rlim_max) {
        rlimit raised = limit;
        raised.rlim_cur = std::min<rlim_t>(needed, limit.rlim_max);
        if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    return std::min<std::size_t>(limit.rlim_cur, needed);
}

std::size_t connections_for(std::size_t descriptors) noexcept {
    if (descriptors <= limits::descriptors_kept) return 1;
    return std::min(descriptors - limits::descriptors_kept, limits::connections_max);
}

}  // namespace admit::http
