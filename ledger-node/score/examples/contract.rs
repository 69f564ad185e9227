//! Writes `docs/contract.md`: the contract as a page to read.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/contract.md");
    fs::write(page, dure_score::reference::page::contract())
}
