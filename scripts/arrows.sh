#!/usr/bin/env bash
# Proves with `cargo tree` which crate may import which (ARCHITECTURE.md, "Arrows"), and with `grep` which folders
# may name diesel and actix. Prints every arrow that is not allowed and fails if there is one.
set -euo pipefail
cd "$(dirname "$0")/.."

OURS='dure|dure-service|dure-settings|dure-load|dure-score|dure-consensus|dure-ledger-client|ledger-node|dure-db|dure-lists|dure-web|wallet-api|merchant-pos|settlement|sandbox-bank|dure-tests'
bad=0
wrong() { printf 'arrows: %s\n' "$*" >&2; bad=1; }

ALL='dure-score dure-lists dure-settings dure-service dure-web dure-db dure-consensus sandbox-bank dure-ledger-client ledger-node wallet-api merchant-pos settlement dure-load dure dure-tests'
SERVICES='wallet-api merchant-pos settlement'

# Crates of ours that name a library in their product code (not in their tests), through `depth` steps.
users() {
    cargo tree --locked --workspace -e normal -i "$1" --depth "$2" --prefix none --format '{p}' 2>/dev/null |
        cut -d' ' -f1 | grep -xE "$OURS" | grep -vx "$1" | sort -u || true
}

imported_only_by() {
    local crate="$1" found; shift
    for found in $(users "$crate" 1); do
        case " $* " in *" $found "*) ;; *) wrong "$found imports $crate" ;; esac
    done
}

imported_only_by dure-settings ledger-node dure-service dure dure-tests
imported_only_by dure-service $SERVICES dure dure-tests
imported_only_by dure-score dure-lists dure-service dure-ledger-client ledger-node $SERVICES dure-load dure dure-tests
imported_only_by dure-consensus ledger-node dure dure-tests
imported_only_by dure-ledger-client dure-service $SERVICES dure dure-tests
imported_only_by dure-lists $SERVICES dure dure-tests
imported_only_by dure-db dure-service $SERVICES dure dure-tests
imported_only_by dure-web dure-service $SERVICES dure dure-tests
for crate in ledger-node sandbox-bank $SERVICES dure; do
    imported_only_by "$crate" dure dure-tests
done
imported_only_by dure-load dure dure-tests
imported_only_by dure-tests

# A check that sees nothing proves nothing.
for crate in $ALL; do
    cargo tree --locked --workspace -i "$crate" --depth 0 >/dev/null || wrong "$crate is not in the workspace"
done
users dure-score 1 | grep -qx ledger-node || wrong "cargo tree does not show that ledger-node imports dure-score"

# Who, directly or through others, reaches a library: only these crates of ours may.
reached_only_by() {
    local library="$1" found; shift
    for found in $(users "$library" 99); do
        case " $* " in *" $found "*) ;; *) wrong "$found reaches $library" ;; esac
    done
}

reached_only_by rocksdb ledger-node dure dure-tests
reached_only_by commonware-consensus dure-consensus ledger-node dure dure-tests
reached_only_by diesel dure-db dure-service wallet-api merchant-pos settlement dure dure-tests

# Nobody but dure-consensus names the engine in its manifest.
while read -r manifest; do
    case "$manifest" in ./ledger-node/consensus/Cargo.toml | ./Cargo.toml) ;; *) wrong "$manifest names commonware" ;; esac
done < <(grep -l '^commonware' $(find . -name Cargo.toml -not -path '*/node_modules/*') || true)

# Product sources that name a library, outside the places where it belongs. A test module (`tests/`, `testing`) may.
outside() {
    local pattern="$1" allowed="$2" file
    while read -r file; do
        wrong "$file names ${pattern%%::*}"
    done < <(grep -rlE "$pattern" --include='*.rs' ledger-node migrations service wallet-api merchant-pos settlement web dure |
        grep -vE "$allowed|/tests/|/tests?\.rs$|/testing" || true)
}

outside 'diesel(_migrations)?::' '^migrations/|/repo/|/repo\.rs$'
outside 'actix_web(_lab)?::' '/(http|routes)/|/(http|routes)\.rs$|/main\.rs$|^dure/sandbox-bank/src/(server|http)'

if [ "$bad" -ne 0 ]; then exit 1; fi
echo "arrows: every crate imports only what it may"
