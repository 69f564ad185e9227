#!/usr/bin/env bash
# Fuzzes every target, or those named: `scripts/fuzz.sh [target…]`. SECONDS_EACH (60) is the time for one target, JOBS (1)
# how many run at once, SEED (1) libFuzzer's seed. Found inputs go to FOUND (a folder under the build folder), the corpora
# stay as they are; KEEP=1 adds to them what reaches new code, made as small as possible.
#
# Where libFuzzer cannot be built (no C++ compiler), or with DRIVER=blind, the little mutator of the targets' own crate
# stands in, and says so: the same targets and corpora, without a look at the code that an input reaches.
set -euo pipefail
cd "$(dirname "$0")/.."

EACH="${SECONDS_EACH:-60}" JOBS="${JOBS:-1}" SEED="${SEED:-1}" KEEP="${KEEP:-0}"
TARGET_DIR="${CARGO_TARGET_DIR:-target}"
FOUND="${FOUND:-$TARGET_DIR/fuzz}"
CORPUS=tests/fuzz-targets/corpus
mkdir -p "$FOUND"

echo "fuzz: building the driver"
cargo build --quiet -p dure-fuzz-targets
DRIVER_BIN="$TARGET_DIR/debug/dure-fuzz-driver"
mapfile -t LINES < <("$DRIVER_BIN" list)
declare -A MAX=()
ALL=()
for line in "${LINES[@]}"; do
    IFS=$'\t' read -r name max _ <<<"$line"
    ALL+=("$name")
    MAX[$name]="$max"
done
TARGETS=("${@:-${ALL[@]}}")

BLIND=0
if [ "${DRIVER:-}" = blind ]; then
    BLIND=1
else
    echo "fuzz: building libFuzzer with the instrumented crates"
    # The engine's crate takes minutes to optimize and is not what an input spends its time in.
    if ! CARGO_INCREMENTAL=0 RUSTC_WORKSPACE_WRAPPER="$PWD/fuzz/instrument.sh" \
        cargo build --quiet -p dure-fuzz --features libfuzzer --bin any \
        --config 'profile.dev.package.dure-consensus.opt-level=0' \
        --config 'profile.dev.package.ledger-node.opt-level=1'; then
        BLIND=1
    fi
fi
if [ "$BLIND" = 1 ]; then
    echo "fuzz: libFuzzer is not at hand: blind mutation instead, it does not see which code an input reaches"
fi

# Runs one target; prints how to repeat a failure.
one() {
    local name="$1" log="$FOUND/$1.log" status=0
    if [ "$BLIND" = 1 ]; then
        "$DRIVER_BIN" run "$name" "$EACH" "$SEED" >"$log" 2>&1 || status=$?
        tail -n 1 "$log"
        return "$status"
    fi
    mkdir -p "$FOUND/$name"
    # -timeout: a decoder that takes longer than this on a busy machine hangs. -rss_limit: servers and all, in MB.
    DURE_FUZZ_TARGET="$name" "$TARGET_DIR/debug/any" "$FOUND/$name" "$CORPUS/$name" \
        -max_total_time="$EACH" -max_len="${MAX[$name]}" -seed="$SEED" -timeout=60 -rss_limit_mb=3000 \
        -artifact_prefix="$FOUND/$name-" -print_final_stats=1 >"$log" 2>&1 || status=$?
    if [ "$status" != 0 ]; then
        local file
        file="$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)"
        echo "fuzz: $name FAILED, seed $SEED, input ${file:-see $log}"
        grep -m 1 -A 2 'panicked at' "$log" || tail -n 5 "$log"
        echo "fuzz: repeat: cargo run -p dure-fuzz-targets -- replay $name $file"
        return 1
    fi
    echo "fuzz: $name $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs," \
        "$(grep -oE 'cov: [0-9]+' "$log" | tail -n 1), seed $SEED"
    if [ "$KEEP" = 1 ]; then keep "$name"; fi
}

# Adds what was found to the corpus: only inputs that reach code that the corpus does not.
keep() {
    local name="$1"
    DURE_FUZZ_TARGET="$name" "$TARGET_DIR/debug/any" -merge=1 -max_len="${MAX[$name]}" -timeout=60 -rss_limit_mb=3000 \
        "$CORPUS/$name" "$FOUND/$name" >>"$FOUND/$name.log" 2>&1
}

failed=0
running=0
for name in "${TARGETS[@]}"; do
    if [ -z "${MAX[$name]:-}" ]; then
        echo "fuzz: no target is called $name" >&2
        exit 2
    fi
    if [ "$running" -ge "$JOBS" ]; then
        wait -n || failed=1
        running=$((running - 1))
    fi
    one "$name" &
    running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
    wait -n || failed=1
    running=$((running - 1))
done
if [ "$failed" != 0 ]; then
    echo "fuzz: a target failed, see above" >&2
    exit 1
fi
echo "fuzz: ${#TARGETS[@]} targets, ${EACH} s each, nothing found"
