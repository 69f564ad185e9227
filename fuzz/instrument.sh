#!/bin/sh
# Stands before rustc for the crates of this workspace alone (RUSTC_WORKSPACE_WRAPPER): it adds what libFuzzer needs to see
# which code an input reaches. Dependencies are used as they are, so RocksDB and the engine do not compile a second time,
# and the stable compiler is enough.
rustc="$1"
shift
exec "$rustc" "$@" \
    -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=3 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
