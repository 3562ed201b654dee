// A lease says who may write; only the resource can refuse who should not any more. So every write
// carries the lease's token, and the resource holds it against what it knows. Plays two scenes with
// a holder that was paused, and writes after somebody else has its slot.
//
//     guarded_resource [SERVER[,SERVER...]]
#include <admit/client/blocking_client.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>

using admit::client::blocking_client;
namespace calls = admit::client::calls;

/// For a pool of one slot, whose holder always has the largest token. Needs nobody to ask. The
/// largest token is part of the data: stored with it, and compared in the same transaction.
class guard_of_one {
public:
    bool accepts(admit::token writer) {
        if (writer < largest_) return false;
        largest_ = writer;
        return true;
    }

private:
    admit::token largest_ = 0;
};

/// For a pool of several slots, whose holders write in any order: asks the server which tokens are
/// live. The floor never falls, so what is below the last one known needs no question.
class guard_of_several {
public:
    guard_of_several(blocking_client& server, std::string pool)
        : server_(server), pool_(std::move(pool)) {}

    bool accepts(admit::token writer) {
        if (writer < floor_) return false;
        const auto answer = server_.call(calls::check{pool_, writer});
        if (!answer) return false;  // who cannot know refuses
        floor_ = std::max(floor_, answer->floor);
        return answer->live;
    }

private:
    blocking_client& server_;
    std::string pool_;
    admit::token floor_ = 0;
};

template <class T>
T expect(admit::client::result<T> got) {
    if (got) return std::move(*got);
    std::cerr << message(got.error()) << '\n';
    std::exit(EXIT_FAILURE);
}

template <class Guard>
void write(Guard& guard, std::string_view who, admit::token token) {
    std::cout << who << " writes with token " << token << ": "
              << (guard.accepts(token) ? "accepted" : "refused") << std::endl;
}

template <class Guard>
void play(blocking_client& server, const std::string& pool, std::int64_t slots, Guard guard) {
    std::cout << "A pool of " << slots << ":\n";
    expect(server.call(calls::put_pool{pool, {.limit = slots}}));
    auto old_holder = expect(server.acquire({.pool = pool, .worker = "old"}));
    const admit::token old_token = old_holder.grant().token;
    write(guard, "old", old_token);
    // The holder is paused and renews no more. Here an operator does not wait for the lease's end.
    old_holder.detach();
    expect(server.call(calls::evict_lease{pool, old_token}));

    const auto next_holder = expect(server.acquire({.pool = pool, .worker = "next"}));
    write(guard, "next", next_holder.grant().token);
    write(guard, "old", old_token);  // it goes on, and knows of nothing
    write(guard, "next", next_holder.grant().token);
    expect(server.call(calls::delete_pool{.pool = pool, .force = true}));
}

int main(int argc, char** argv) {
    const auto servers = admit::client::parse_addresses(argc > 1 ? argv[1] : "127.0.0.1:8080");
    if (!servers) return std::cerr << argv[1] << " is no server\n", 64;
    blocking_client server{{.servers = *servers}};
    play(server, "example-ledger", 1, guard_of_one{});
    play(server, "example-shards", 2, guard_of_several{server, "example-shards"});
}
