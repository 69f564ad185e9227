//! libFuzzer over the target that `DURE_FUZZ_TARGET` names: one program for all of them, because each holds the
//! whole product and takes long to link. `scripts/fuzz.sh` builds and runs it.
#![no_main]

use std::sync::OnceLock;

use dure_fuzz_targets::{Target, find};

static TARGET: OnceLock<&Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("DURE_FUZZ_TARGET").unwrap_or_default();
        find(&name).unwrap_or_else(|| panic!("DURE_FUZZ_TARGET names no target: {name:?}"))
    });
    (target.run)(data);
});
