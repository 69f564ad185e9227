//! Who imports whom, proven by the same script as in `make check`.

use std::{path::Path, process::Command};

#[test]
fn the_arrows_hold() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(root.join("scripts/arrows.sh")).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
