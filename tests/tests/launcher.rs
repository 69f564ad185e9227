//! What the launcher promises to the person in front of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{net::TcpListener, process::Command, time::Duration};

use dure_tests::program::program;

#[test]
fn taken_ports_are_named_and_nothing_is_started() {
    let folder = tempfile::tempdir().unwrap();
    // Whether the port was free before or not: it is taken now.
    let _held = TcpListener::bind("127.0.0.1:7101");
    let output = program("dure").args(["demo", "--data"]).arg(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("7101") && said.contains("PORTS_TAKEN"), "{said}");
    assert!(!folder.path().join("genesis.json").exists());
}

#[test]
fn set_up_twice_is_set_up_once() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let mut seen = Vec::new();
    for _ in 0..2 {
        assert!(program("dure").args(["init", "--data"]).arg(folder.path()).status().unwrap().success());
        seen.push((
            read("genesis.json"),
            read("members.json"),
            read("keys/bank-1.json"),
            read("config/node1.toml"),
        ));
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn nothing_is_left_when_the_launcher_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = program("dure");
    demo.args(["demo", "--free-ports", "--data"]).arg(folder.path());
    let mut demo = demo.spawn().unwrap();
    let told = folder.path().join("demo.json");
    let ready = (0..1_200).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        told.is_file()
    });
    assert!(ready, "the demo was not ready within a minute");
    assert!(ours(&folder).contains("ledger-node"));
    demo.kill().unwrap();
    demo.wait().unwrap();
    let gone = (0..300).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        ours(&folder).is_empty()
    });
    assert!(gone, "left behind: {}", ours(&folder));
}

/// Command lines of processes that name the folder.
fn ours(folder: &tempfile::TempDir) -> String {
    let output = Command::new("ps").args(["-eo", "args"]).output().unwrap();
    let all = String::from_utf8_lossy(&output.stdout).into_owned();
    let name = folder.path().display().to_string();
    all.lines().filter(|line| line.contains(&name)).collect::<Vec<_>>().join("\n")
}
