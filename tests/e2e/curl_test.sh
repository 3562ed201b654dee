#!/bin/sh
# The whole job with nothing but curl, as a shell script would do it: make a pool, acquire, wait,
# renew, release. Usage: curl_test.sh HOST:PORT. Prints what the test checks.
set -eu
server=$1

call() {
    curl --silent --show-error --max-time 20 --write-out '\n%{http_code}\n' "$@"
}
field() {
    sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" | head -n 1
}

echo "put: $(call -X PUT "$server/v1/pools/db" -d '{"limit":1}' | tail -n 1)"

lease=$(call -X POST "$server/v1/acquire" -d '{"pool":"db","worker":"backup","wait_ms":30000}')
handle=$(echo "$lease" | field handle)
echo "acquire: $(echo "$lease" | tail -n 1)"

# Another one waits in the background until the first releases.
call -X POST "$server/v1/acquire" -d '{"pool":"db","worker":"report","wait_ms":30000}' >"$2" &
until curl -s "$server/v1/pools/db" | grep -q '"waiting":1'; do :; done
echo "refused: $(call -X POST "$server/v1/acquire" -d '{"pool":"db","worker":"x"}' | tail -n 1)"

echo "renew: $(call -X POST "$server/v1/renew" -d "{\"handle\":\"$handle\"}" | tail -n 1)"
echo "release: $(call -X POST "$server/v1/release" -d "{\"handle\":\"$handle\"}" | field status)"
wait
echo "waited: $(field worker <"$2")"
second=$(field handle <"$2")
echo "second: $(call -X POST "$server/v1/release" -d "{\"handle\":\"$second\"}" | field status)"
echo "again: $(call -X POST "$server/v1/release" -d "{\"handle\":\"$second\"}" | field status)"
echo "active: $(curl -s "$server/v1/pools/db" | field active)"
