#!/usr/bin/env bash
# Proves which crate may import which (`scripts/crates.py`, ARCHITECTURE.md, "Arrows"), with `cargo tree` which crate may
# reach a library, and with `grep` which folders may name diesel and actix. Prints every arrow that is not allowed and fails.
set -euo pipefail
cd "$(dirname "$0")/.."

OURS=$(scripts/crates.py --names | paste -sd'|')
bad=0
wrong() { printf 'arrows: %s\n' "$*" >&2; bad=1; }

scripts/crates.py || bad=1

# Crates of ours that name a library in their product code (not in their tests), through `depth` steps.
users() {
    cargo tree --locked --workspace -e normal -i "$1" --depth "$2" --prefix none --format '{p}' 2>/dev/null |
        cut -d' ' -f1 | grep -xE "$OURS" | grep -vx "$1" | sort -u || true
}

# A check that sees nothing proves nothing.
users dure-score 1 | grep -qx ledger-node || wrong "cargo tree does not show that ledger-node imports dure-score"

# Who, directly or through others, reaches a library: only these crates of ours may.
reached_only_by() {
    local library="$1" found; shift
    for found in $(users "$library" 99); do
        case " $* " in *" $found "*) ;; *) wrong "$found reaches $library" ;; esac
    done
}

# Tools and tests may reach anything.
OTHERS=$(scripts/crates.py --names tool test | paste -sd' ')

reached_only_by rocksdb ledger-node $OTHERS
reached_only_by commonware-consensus dure-consensus ledger-node $OTHERS
reached_only_by diesel dure-db dure-service wallet-api merchant-pos settlement $OTHERS

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
