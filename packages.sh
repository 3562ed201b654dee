# The Debian 12 packages that Admit needs, and how they get onto a machine.
# Sourced by tools/run, tools/test and the Dockerfile, so that there is one list.

build_packages=(
    g++ cmake ninja-build pkg-config
    libboost1.81-dev libboost-url1.81-dev
    libcli11-dev libsodium-dev libspdlog-dev libsqlite3-dev nlohmann-json3-dev
    prometheus-cpp-dev
    python3 python3-yaml
)
# What the server is measured with and beside; the tests keep it alive.
bench_packages=(libbenchmark-dev redis-server redis-tools valgrind wrk)
test_packages=(
    ccache curl faketime groff-base libgmock-dev libgtest-dev python3-jsonschema
    "${bench_packages[@]}"
)

# Installs those of the named packages that are missing. Asks only dpkg when none is, so that a
# second start needs neither the network nor root.
install_packages() {
    local installed missing=() package as_root=()
    installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "$@" 2>/dev/null || true)"
    for package in "$@"; do
        [[ $installed == *" installed:$package "* ]] || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        return
    fi

    echo "Installing ${missing[*]}" >&2
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            echo "This needs root, and there is no sudo. As root: apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    # A fresh machine may still be busy with its own updates: wait for them.
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    "${as_root[@]}" "${apt[@]}" update >&2
    "${as_root[@]}" "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2
}
