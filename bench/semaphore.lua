-- Column c: the semaphore as people write it for Redis: a sorted set of who holds a slot, by when
-- the lease ends, and a counter for fencing tokens. One call is one operation, on behalf of ARGV[1].
--
-- redis-benchmark repeats one command and cannot send back a token that it was given. So a call
-- releases what its caller holds, and acquires where the caller holds nothing: ZREM, which is all of
-- a release, says which of the two it is. An acquire pays for one ZREM that finds nothing, some
-- tenths of a microsecond; a release pays for nothing that it would not need.
--
-- KEYS: the leases, the counter. ARGV: the caller, the limit, the lease's time in milliseconds.
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then
    return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
    return redis.error_reply('FULL all slots are held')
end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
return redis.call('INCR', KEYS[2])
