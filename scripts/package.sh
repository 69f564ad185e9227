#!/usr/bin/env bash
# Makes the Debian package of what has been built: `package.sh FOLDER PROGRAM…`, the folder being cargo's, such as target/production.
# Prints the package's path alone; it lies in $CARGO_TARGET_DIR/debian. The same commit makes the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."

BUILT="$1"
shift
HERE=scripts/package
ARCH="$(dpkg --print-architecture)"
VERSION="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)"
# A tagged commit is the version; any other comes after it.
if ! git describe --exact-match --tags >/dev/null 2>&1; then
    VERSION="$VERSION+git$(git log -1 --format=%cd --date=format:%Y%m%d 2>/dev/null || echo 0).$(git rev-parse --short HEAD 2>/dev/null || echo 0)"
fi
SOURCE_DATE_EPOCH="$(git log -1 --format=%ct 2>/dev/null || echo 0)"
export SOURCE_DATE_EPOCH

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
root="$scratch/root"

programs() {
    local name
    for name in "$@"; do
        install -D -m 0755 "$BUILT/$name" "$root/usr/lib/dure/$name"
        # Names of functions stay, for backtraces.
        strip --strip-debug "$root/usr/lib/dure/$name"
    done
    install -d "$root/usr/bin"
    ln -s ../lib/dure/dure "$root/usr/bin/dure"
}

files() {
    local file doc="$root/usr/share/doc/dure"
    install -d "$root/usr/share/dure" "$root/usr/lib/systemd/system" "$root/etc/dure" "$doc/examples"
    cp -r web/dist "$root/usr/share/dure/web"
    cp -r dure/demo "$root/usr/share/dure/demo"
    find "$root/usr/share/dure/demo" -name '*.rs' -o -name '*.toml' -path '*/Cargo.toml' | xargs -r rm
    install -m 0644 "$HERE"/units/* "$root/usr/lib/systemd/system"
    install -m 0644 "$HERE"/etc/*.toml "$root/etc/dure"
    install -m 0644 "$HERE/README.Debian" README.md ARCHITECTURE.md SECURITY.md docs/FAULT_MODEL.md docs/contract.md "$doc"
    install -m 0644 web/openapi/*.json "$doc/examples"
    gzip -9n <CHANGELOG.md >"$doc/changelog.gz"
    # What the package's own programs contain; cargo says which crates.
    "$HERE/notices.py" "$@" >"$doc/copyright"
    find "$root" -type d -exec chmod 0755 {} +
    find "$root/usr/share" "$root/etc" -type f -exec chmod 0644 {} +
}

control() {
    local depends size file
    install -d "$root/DEBIAN" "$scratch/debian"
    # dpkg-shlibdeps asks for a source package's control file where it runs.
    printf 'Source: dure\n\nPackage: dure\nArchitecture: %s\n' "$ARCH" >"$scratch/debian/control"
    depends="$(cd "$scratch" && dpkg-shlibdeps -O root/usr/lib/dure/* 2>/dev/null | sed -n 's/^shlibs:Depends=//p')"
    size="$(du -sk "$root" | cut -f1)"
    cat >"$root/DEBIAN/control" <<END
Package: dure
Version: $VERSION
Architecture: $ARCH
Maintainer: Dure maintainers <maintainers@dure.example>
Installed-Size: $size
Depends: $depends, passwd, tzdata
Recommends: ca-certificates
Suggests: postgresql
Section: net
Priority: optional
Description: private coins for a city or a campus
 Citizens charge won into coin with the city's bonus, pay shops by QR and send coin to each other; shops refund at the till and
 have won in the bank every business day. The money lives on a permissioned ledger of at least four validators.
 .
 This package holds the node, wallet, till, bank gateway and settlement, the operator's tool, and a demo city with a bank to
 practise with.
END
    (cd "$root" && find etc -type f -printf '/%p\n' | sort) >"$root/DEBIAN/conffiles"
    for file in postinst prerm postrm; do install -m 0755 "$HERE/$file" "$root/DEBIAN/$file"; done
    (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
}

programs "$@"
files "$@"
control
out="${CARGO_TARGET_DIR:-target}/debian"
mkdir -p "$out"
package="$out/dure_${VERSION}_$ARCH.deb"
dpkg-deb --root-owner-group ${DEB_COMPRESSION:--Zxz} --build "$root" "$package.new" >/dev/null
mv "$package.new" "$package"
echo "$package"
