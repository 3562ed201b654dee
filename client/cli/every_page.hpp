// A listing as a whole, from its pages.
#pragma once

#include "client/blocking_client.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace admit::client {

/// Few round trips, and no page that a client refuses as too large.
inline constexpr std::int64_t rows_per_page = 250;

/// All rows, as one page without a `next`. `rows` is where a page has them.
template <class Call, class Row>
result<typename Call::answer> every_page(blocking_client& server, Call call,
                                         std::vector<Row> Call::answer::*rows) {
    typename Call::answer all;
    call.limit = rows_per_page;
    for (;;) {
        result<typename Call::answer> page = server.call(call);
        if (!page) return page.error();
        std::vector<Row>& more = (*page).*rows;
        std::move(more.begin(), more.end(), std::back_inserter(all.*rows));
        // Empty or 0 on the last page; a server that does not get on is not followed.
        if (page->next <= call.after) return all;
        call.after = page->next;
    }
}

}  // namespace admit::client
