//! The process itself: its flags, and what remains when it is killed.

use crate::support::{message, names};
use sandbox_bank::Book;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sandbox-bank");

fn start(dir: &Path) -> Child {
    Command::new(PROGRAM)
        .args(["--listen", "127.0.0.1:0", "--dir"])
        .arg(dir)
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn book(dir: &Path) -> Book {
    serde_json::from_slice(&std::fs::read(dir.join("book.json")).unwrap()).unwrap()
}

fn lay(dir: &Path, name: &str, text: &str) {
    let draft = dir.join("inbox").join(format!(".{name}"));
    std::fs::write(&draft, text).unwrap();
    std::fs::rename(draft, dir.join("inbox").join(name)).unwrap();
}

#[test]
fn killed_again_and_again_it_pays_each_transfer_once() {
    const MESSAGES: usize = 150;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let bank = sandbox_bank::Bank::open(&crate::support::config(dir)).unwrap();
    bank.deposit("Mina", 1_000_000, "A").unwrap();
    drop(bank);
    for number in 0..MESSAGES {
        let id = format!("E{number}");
        lay(dir, &format!("m{number:03}.xml"), &message(&format!("M{number}"), &[(&id, "111", 100)]).xml());
    }
    let inbox_is_empty = || names(&dir.join("inbox")).is_empty();
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut pause = 5_u64;
    while !inbox_is_empty() && Instant::now() < deadline {
        let mut child = start(dir);
        sleep(Duration::from_millis(pause));
        // Later lives are longer, so that the work ends on a slow machine too.
        pause += 3;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(inbox_is_empty(), "the bank did not work off its inbox");
    // A last life ticks off what the last crash may have left open.
    drop(sandbox_bank::Bank::open(&crate::support::config(dir)).unwrap());

    let book = book(dir);
    assert_eq!(book.collection, 1_000_000 - 100 * 150);
    assert_eq!(book.accounts["111"].balance, 100 * 150);
    assert_eq!(book.received.len(), MESSAGES);
    assert!(book.received.iter().all(|received| received.finished));
    let outbox = names(&dir.join("outbox"));
    assert_eq!(outbox.iter().filter(|name| name.starts_with("pain002-M")).count(), MESSAGES);
    assert_eq!(outbox.iter().filter(|name| name.starts_with("camt054-M")).count(), MESSAGES);
    assert!(!outbox.iter().any(|name| name.contains("dupl")));
}

#[test]
fn settings_that_nobody_knows_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bank.toml");
    std::fs::write(&file, "prot = 8090\n").unwrap();
    let run = |command: &mut Command| {
        let output = command.current_dir(dir.path()).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(run(Command::new(PROGRAM).arg("--config").arg(&file)).contains("prot"));
    assert!(run(Command::new(PROGRAM).env("DURE_BANK_PROT", "1")).contains("DURE_BANK_PROT"));
    assert!(run(Command::new(PROGRAM).args(["--listen", "0.0.0.0:8090"])).contains("loopback"));
    assert!(run(Command::new(PROGRAM).arg("--nonsense")).contains("--nonsense"));
}
