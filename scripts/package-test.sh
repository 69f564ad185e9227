#!/usr/bin/env bash
# Proves that the package runs where nobody can compile: `package-test.sh PACKAGE`, as root or with sudo.
#
# A bare Debian of this machine's release is made in a folder, the package installed there by apt with what it depends on, and the
# main job played by a user without rights, with no network but the loopback address. All of it runs in mount and process
# namespaces of its own; whatever ends this script, also SIGKILL, ends them, and a watcher then removes the folder.
set -euo pipefail
umask 022

say() { printf 'package-test: %s\n' "$*" >&2; }
fail() { say "FAILED: $*"; exit 1; }

# Where Debian's packages come from; another mirror by DEBIAN_MIRROR.
MIRROR="${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
# What a machine that can compile has.
COMPILERS="cc gcc g++ c++ clang rustc cargo cmake make node npm python3 pg_ctl"

# ---- outside: the folder, its watcher, and the namespaces

outside() {
    local package folder child code=0
    package="$(realpath "$1")"
    [ "$(id -u)" -eq 0 ] || exec sudo --preserve-env=DEBIAN_MIRROR "$0" "$@"
    command -v debootstrap >/dev/null || fail "debootstrap is missing:  apt-get install debootstrap"
    folder="$(mktemp -d "${TMPDIR:-/tmp}/dure-package.XXXXXX")"
    # Held by this script and all that it starts; free once the last of them has ended, however that came about.
    exec 9>"$folder.lock"
    flock 9
    setsid sh -c 'exec 9>&-; flock "$1.lock" rm -rf --one-file-system "$1" "$1.lock"' watcher "$folder" </dev/null >/dev/null 2>&1 &
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child=KILL --propagation private \
        "$0" --inside "$folder" "$package" &
    child=$!
    # shellcheck disable=SC2064
    trap "kill -KILL $child 2>/dev/null; exit 130" INT TERM HUP
    wait "$child" || code=$?
    exec 9>&-
    # The watcher has it now; a minute is plenty.
    for _ in $(seq 600); do [ -e "$folder.lock" ] || break; sleep 0.1; done
    return "$code"
}

# ---- inside: Debian, the package, the job

inside() {
    local folder="$1" package="$2" root="$1/root"
    machine "$folder" "$root"
    bring "$root" "$package"
    for name in $COMPILERS; do
        if chroot "$root" sh -c "command -v $name" >/dev/null; then fail "$name is there: this proves nothing"; fi
    done
    say "no compiler, interpreter of scripts or database is there"
    units "$root"
    settings "$root"
    play "$folder" "$root"
    remove "$root"
    say "passed"
}

machine() {
    local folder="$1" root="$2" release
    release="$(. /etc/os-release && echo "$VERSION_CODENAME")"
    say "a bare Debian ($release) in $root"
    debootstrap --variant=minbase "$release" "$root" "$MIRROR" >"$folder/debootstrap.log" 2>&1 ||
        { tail -n 20 "$folder/debootstrap.log" >&2; fail "debootstrap"; }
    mount -t proc proc "$root/proc"
    cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
    printf 'APT::Install-Recommends "false";\n' >"$root/etc/apt/apt.conf.d/90bare"
    # No service starts in a folder.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 0755 "$root/usr/sbin/policy-rc.d"
}

bring() {
    local root="$1" package="$2"
    install -m 0644 "$package" "$root/dure.deb"
    DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -qq /dure.deb >"$root/install.log" 2>&1 ||
        { tail -n 20 "$root/install.log" >&2; fail "apt could not install the package"; }
    rm "$root/dure.deb"
    say "installed: $(chroot "$root" dpkg-query --show --showformat '${Package} ${Version}, ${Installed-Size} KiB' dure)"
    for program in "$root"/usr/lib/dure/*; do
        if chroot "$root" ldd "/usr/lib/dure/${program##*/}" | grep 'not found'; then fail "${program##*/} lacks a library"; fi
    done
}

units() {
    local root="$1" said
    if ! command -v systemd-analyze >/dev/null; then
        say "systemd-analyze is not on this machine: the units were not looked at"
        return
    fi
    # A key that it does not know is told, and no failure.
    said="$(cd "$root/usr/lib/systemd/system" && systemd-analyze verify --root="$root" --man=no --recursive-errors=no dure-* 2>&1)" ||
        fail "units: $said"
    if printf '%s\n' "$said" | grep 'dure-'; then fail "a unit is not valid"; fi
    say "units: valid"
}

# The programs take their files of settings: what they miss is keys, which only an operator has.
settings() {
    local root="$1" pair program file said
    for pair in ledger-node:node wallet-api:wallet merchant-pos:till "settlement gateway:gateway"; do
        program="${pair%%:*}" file="/etc/dure/${pair##*:}.toml"
        # shellcheck disable=SC2086
        said="$(chroot "$root" timeout 20 /usr/lib/dure/$program --config "$file" 2>&1)" && fail "$program runs without a key"
        printf '%s' "$said" | grep -q '/etc/dure/' || fail "$program with $file says: $said"
    done
    say "settings: each program takes its file and asks for its key"
}

play() {
    local folder="$1" root="$2"
    say "the main job, as nobody in particular, with the loopback network alone"
    chroot "$root" useradd --create-home visitor
    unshare --net sh -c 'ip link set lo up && exec chroot --userspec=visitor:visitor "$1" env -i HOME=/home/visitor LANG=C.UTF-8 \
        PATH=/usr/bin:/bin dure demo --once --data /home/visitor/data' play "$root" >"$folder/line.json" 2>"$folder/job.log" ||
        { tail -n 40 "$folder/job.log" >&2; fail "the main job"; }
    summary "$(tail -n 1 "$folder/line.json")"
}

# Every check of the job's line holds, and the books agree.
summary() {
    printf '%s' "$1" | python3 -c '
import json, sys
line = json.load(sys.stdin)
checks, difference = line["checks"], line["difference"]
wrong = [name for name, holds in checks.items() if not holds]
if wrong or difference != 0 or len(checks) < 20 or len(set(line["state_roots"])) != 1:
    sys.exit(f"package-test: FAILED: {wrong}, difference {difference}, {len(checks)} checks")
figures = ", ".join(f"{name} {line[name]}" for name in ("paid", "refunded", "burned", "seconds"))
print(f"package-test: {len(checks)} checks hold; {figures}", file=sys.stderr)
'
}

remove() {
    local root="$1"
    install -d "$root/var/lib/dure"
    echo kept >"$root/var/lib/dure/money"
    DEBIAN_FRONTEND=noninteractive chroot "$root" dpkg --purge dure >>"$root/install.log" 2>&1 || fail "the package cannot be removed"
    [ ! -e "$root/usr/lib/dure" ] || fail "programs are left"
    [ -e "$root/var/lib/dure/money" ] || fail "removing the package removes money"
    say "removed: programs are gone, data is kept"
}

if [ "${1:-}" = --inside ]; then inside "$2" "$3"
elif [ $# -eq 1 ]; then outside "$1"
else fail "usage: package-test.sh PACKAGE"
fi
