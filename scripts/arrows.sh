#!/usr/bin/env bash
# Proves with `cargo tree` which crate may import which (ARCHITECTURE.md, "Arrows"), and with `grep` which folders
# may name diesel and actix. Prints every arrow that is not allowed and fails if there is one.
set -euo pipefail
cd "$(dirname "$0")/.."

OURS='dure|dure-score|dure-consensus|dure-ledger-client|ledger-node|dure-db|dure-web|wallet-api|merchant-pos|settlement|sandbox-bank|dure-tests'
bad=0
wrong() { printf 'arrows: %s\n' "$*" >&2; bad=1; }

# Crates of ours that a crate names in its product code (not in its tests).
imports() { cargo tree --locked -p "$1" -e normal --depth 1 --prefix none --format '{p}' | tail -n +2 | cut -d' ' -f1 | grep -xE "$OURS" | sort -u || true; }

may_import() {
    local crate="$1"; shift
    local found
    for found in $(imports "$crate"); do
        case " $* " in *" $found "*) ;; *) wrong "$crate imports $found" ;; esac
    done
}

may_import dure-score
may_import dure-web
may_import dure-db
may_import dure-consensus
may_import sandbox-bank
may_import dure-ledger-client dure-score
may_import ledger-node dure-score dure-consensus
for service in wallet-api merchant-pos settlement; do
    may_import "$service" dure-score dure-ledger-client dure-db dure-web
done

# Who, directly or through others, reaches a library: only these crates of ours may.
reached_only_by() {
    local library="$1"; shift
    local found users
    # A library that nobody uses any more has no path to it; that is fine.
    users="$(cargo tree --locked --workspace -e normal -i "$library" --prefix none --format '{p}' 2>/dev/null | cut -d' ' -f1 | grep -xE "$OURS" | sort -u || true)"
    for found in $users; do
        case " $* " in *" $found "*) ;; *) wrong "$found reaches $library" ;; esac
    done
}

reached_only_by rocksdb ledger-node dure dure-tests
reached_only_by commonware-consensus dure-consensus ledger-node dure dure-tests
reached_only_by diesel dure-db wallet-api merchant-pos settlement dure dure-tests

# Nobody but dure-consensus names the engine in its manifest.
while read -r manifest; do
    case "$manifest" in ./ledger-node/consensus/Cargo.toml | ./Cargo.toml) ;; *) wrong "$manifest names commonware" ;; esac
done < <(grep -l '^commonware' $(find . -name Cargo.toml -not -path '*/node_modules/*') || true)

# Product sources that name a library, outside the places where it belongs. A test module (`tests/`, `testing`) may.
outside() {
    local pattern="$1" allowed="$2" file
    while read -r file; do
        wrong "$file names ${pattern%%::*}"
    done < <(grep -rlE "$pattern" --include='*.rs' ledger-node migrations wallet-api merchant-pos settlement web dure |
        grep -vE "$allowed|/tests/|/tests?\.rs$|/testing" || true)
}

outside 'diesel(_migrations)?::' '^migrations/|/repo/|/repo\.rs$'
outside 'actix_web(_lab)?::' '/(http|routes)/|/(http|routes)\.rs$|/main\.rs$|^dure/sandbox-bank/src/(server|http)'

if [ "$bad" -ne 0 ]; then exit 1; fi
echo "arrows: every crate imports only what it may"
