#!/usr/bin/env bash
# Builds the image and checks what docs/container.md promises of it.
#
# Uses the Docker engine at hand. Without one it installs Debian's, starts it by hand for as long as
# the check runs, and makes the base image itself. That needs root and about five minutes.
#
#   tests/container/check.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source packages.sh
source tests/container/engine.sh

mirror=${MIRROR:-http://deb.debian.org/debian}
size_bound_mb=120
added_bound_mb=20
image=admit:check
container=admit-check-$$
work=$(mktemp -d)
checks=0

finish() {
    local status=$?
    if ((status != 0)); then
        docker logs "$container" 2>&1 | tail -n 20 >&2 || true
    fi
    docker rm --force --volumes "$container" >/dev/null 2>&1 || true
    stop_engine
    rm -rf --one-file-system "$work"
    exit "$status"
}
trap finish EXIT

# expect WHAT COMMAND…: ends the run unless the command succeeds.
expect() {
    local what=$1
    shift
    if ! "$@"; then
        echo "FAILED: $what" >&2
        exit 1
    fi
    checks=$((checks + 1))
    echo "ok: $what"
}
refused() { ! "$@" >/dev/null 2>&1; }
inside() { docker exec "$container" "$@"; }
inspect() { docker inspect --format "$2" "$1"; }
megabytes() { echo $(($(inspect "$1" '{{.Size}}') / 1000000)); }

is_healthy() {
    local attempt
    for attempt in {1..30}; do
        if [[ $(inspect "$container" '{{.State.Health.Status}}') == healthy ]]; then
            return
        fi
        sleep 0.5
    done
    return 1
}

call() {
    curl --silent --show-error --fail --max-time 5 "http://$address/v1/$1" "${@:2}"
}

acquires_and_releases() {
    local answer handle
    answer=$(call acquire -d '{"worker":"w1"}')
    handle=$(sed -E 's/.*"handle":"([^"]+)".*/\1/' <<<"$answer")
    [[ $(call pools/default) == *'"active":1'* ]] &&
        [[ $(call release -d "{\"handle\":\"$handle\"}") == *'"status":"released"'* ]] &&
        [[ $(call pools/default) == *'"active":0'* ]]
}

keeps_its_state() {
    [[ $(inside stat -c '%a %u' /var/lib/admit) == '700 10001' ]] &&
        inside test -s /var/lib/admit/journal.db &&
        [[ $(inside stat -c '%a %s' /var/lib/admit/handle.key) == '600 32' ]]
}

client_reaches_it() {
    [[ $(inside admit pools) == *default* ]]
}

has_no_compiler() {
    refused inside sh -c 'command -v g++ || command -v gcc || command -v cc || command -v c++ ||
        command -v clang || command -v ld || command -v cmake || command -v ninja'
}

ends_with_0_on_sigterm() {
    docker kill --signal TERM "$container" >/dev/null
    [[ $(timeout 15 docker wait "$container") == 0 ]]
}

build_options=()
install_packages curl
if ! docker info >/dev/null 2>&1; then
    install_packages docker.io iptables iproute2 debootstrap
fi
# Installing it may have started it.
if ! docker info >/dev/null 2>&1; then
    start_engine
    import_base
    build_options=(--network host)
fi

docker build "${build_options[@]}" --tag "$image" .
docker run --detach --name "$container" --read-only --cap-drop ALL \
    --security-opt no-new-privileges --health-interval 1s \
    --publish 127.0.0.1::8080 "$image" >/dev/null
address=$(docker port "$container" 8080/tcp)

expect "the image's health check finds it ready" is_healthy
expect "curl acquires and releases through the published port" acquires_and_releases
expect "the client is inside and reaches the server" client_reaches_it
expect "it runs as 10001:10001" test "$(inside id -u):$(inside id -g)" = 10001:10001
expect "the image names that user by number" \
    test "$(inspect "$image" '{{.Config.User}}')" = 10001:10001
expect "the file system is read-only" refused inside touch /usr/local/bin/written
expect "the state is in the volume, its owner's alone" keeps_its_state
expect "the one volume is writable" inside touch /var/lib/admit/written
expect "there is no other volume" \
    test "$(inspect "$image" '{{len .Config.Volumes}}')" = 1
expect "no compiler is inside" has_no_compiler
expect "SIGTERM ends it with status 0" ends_with_0_on_sigterm

size_mb=$(megabytes "$image")
added_mb=$((size_mb - $(megabytes debian:bookworm-slim)))
echo "image: $size_mb MB, $added_mb MB of it on top of its base"
expect "the image is below $size_bound_mb MB" test "$size_mb" -lt "$size_bound_mb"
expect "it adds less than $added_bound_mb MB to its base" test "$added_mb" -lt "$added_bound_mb"
echo "all $checks checks passed"
