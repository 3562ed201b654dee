# A Docker engine of one's own, for a machine that has none. Sourced by check.sh.
#
# It lives in the directory `$work`, touches no packet filter, and publishes ports through its
# userland proxy alone. Needs root.

# Starts dockerd by hand and points DOCKER_HOST at it.
start_engine() {
    engine_had_bridge=$(ip link show docker0 2>/dev/null || true)
    export DOCKER_HOST=unix://$work/docker.sock
    # The builder inside dockerd: a newer client would ask for a plugin.
    export DOCKER_BUILDKIT=0
    dockerd --host "$DOCKER_HOST" --pidfile "$work/dockerd.pid" \
        --data-root "$work/data" --exec-root "$work/exec" \
        --iptables=false --ip6tables=false --ip-forward=false \
        --exec-opt native.cgroupdriver=cgroupfs >"$work/dockerd.log" 2>&1 &
    engine_pid=$!
    local attempt
    for attempt in {1..100}; do
        if docker info >/dev/null 2>&1; then
            return
        fi
        sleep 0.1
    done
    tail -n 20 "$work/dockerd.log" >&2
    echo "dockerd did not start" >&2
    return 1
}

# Ends it and takes away what it left outside of `$work`.
stop_engine() {
    if [[ -z ${engine_pid:-} ]]; then
        return
    fi
    kill "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
    awk -v below="$work/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r \
        | xargs --no-run-if-empty umount --lazy
    if [[ -z $engine_had_bridge ]]; then
        ip link delete docker0 2>/dev/null || true
    fi
}

# Makes debian:bookworm-slim from Debian's own packages, without what the slim image leaves out.
import_base() {
    debootstrap --variant=minbase --include=ca-certificates bookworm "$work/base" "$mirror" \
        >"$work/debootstrap.log" 2>&1 || {
        tail -n 5 "$work/debootstrap.log" >&2
        return 1
    }
    (
        cd "$work/base"
        rm -rf usr/share/{doc,info,locale,man}/* var/cache/apt/* var/lib/apt/lists/* var/log/*
        tar --create --one-file-system . | docker import - debian:bookworm-slim >/dev/null
    )
    rm -rf --one-file-system "$work/base"
}
