//! Running our own programs to their end.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A command for a program of ours.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(dure::demo::binary(name).expect("built by `make build`"));
    command.stdin(Stdio::null());
    command
}

/// Runs it, expects success, and returns the JSON object on its last line.
pub fn last_line(command: &mut Command) -> Value {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{status}\n{out}\n{err}");
    serde_json::from_str(out.lines().last().unwrap_or_default())
        .unwrap_or_else(|error| panic!("{error}: {out}\n{err}"))
}
