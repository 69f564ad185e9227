//! The guard: a small process of ours that outlives the launcher and ends what the launcher started.
//!
//! The launcher writes `+pid` and `-pid` lines into its input. When that input ends (the launcher stopped, was
//! killed, or crashed) the guard asks every process still listed to stop, waits, and then kills the rest. No
//! process of the demo stays behind, without `unsafe` and without the services knowing of it.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, Write},
    os::unix::process::CommandExt,
    path::Path,
    process::{ChildStdin, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::error::DureError;

/// How long a stopping process may take before it is killed: a node's last batch and a service's open requests.
const PATIENCE: Duration = Duration::from_secs(8);

/// The launcher's end of the guard.
#[derive(Debug, Clone)]
pub struct Guard {
    input: Arc<Mutex<ChildStdin>>,
}

impl Guard {
    /// Starts `program guard` in a process group of its own, so that Ctrl-C in a terminal does not reach it.
    pub fn start(program: &Path) -> Result<Self, DureError> {
        let mut command = Command::new(program);
        command
            .arg("guard")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let mut child = command.spawn().map_err(|source| DureError::io("start", program, source))?;
        let input = child.stdin.take().ok_or_else(|| DureError::file(program, "the guard has no input"))?;
        // The guard ends when its input does, that is, after this process: reaping it is init's.
        thread::spawn(move || child.wait());
        Ok(Self { input: Arc::new(Mutex::new(input)) })
    }

    /// From now on `pid` ends with the launcher.
    pub fn watch(&self, pid: u32) -> Result<(), DureError> {
        self.line(&format!("+{pid}\n"))
    }

    /// `pid` has ended.
    pub fn forget(&self, pid: u32) -> Result<(), DureError> {
        self.line(&format!("-{pid}\n"))
    }

    fn line(&self, text: &str) -> Result<(), DureError> {
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        let written = input.write_all(text.as_bytes()).and_then(|()| input.flush());
        written.map_err(|source| DureError::io("write to", Path::new("the guard"), source))
    }
}

/// The guard's whole life: reads lines until there are no more, then ends what is listed.
pub fn guard_until_end_of_input(input: impl BufRead) {
    let mut listed: BTreeMap<i32, u64> = BTreeMap::new();
    for line in input.lines().map_while(Result::ok) {
        let (sign, number) = line.split_at_checked(1).unwrap_or_default();
        match (sign, number.parse::<i32>()) {
            // Only single processes: 0 and negative numbers would mean whole groups.
            ("+", Ok(pid)) if pid > 1 => {
                if let Some(born) = born(pid) {
                    listed.insert(pid, born);
                }
            }
            ("-", Ok(pid)) => {
                listed.remove(&pid);
            }
            _ => {}
        }
    }
    signal_all(&listed, Signal::SIGTERM);
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until && listed.iter().any(|(pid, born)| is_same(*pid, *born)) {
        thread::sleep(Duration::from_millis(50));
    }
    signal_all(&listed, Signal::SIGKILL);
}

fn signal_all(listed: &BTreeMap<i32, u64>, signal: Signal) {
    for (pid, born) in listed {
        if is_same(*pid, *born) {
            // It may end in this very moment; then there is nothing left to do.
            kill(Pid::from_raw(*pid), signal).ok();
        }
    }
}

/// True while `pid` is the process that was listed: a number that the system gave to another does not count.
fn is_same(pid: i32, listed_as: u64) -> bool {
    born(pid) == Some(listed_as)
}

/// When a living process started, in the kernel's ticks: field 22 of `/proc/<pid>/stat` (proc(5)).
fn born(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    // A zombie has ended; somebody has only not asked yet.
    if state == "Z" { None } else { fields.nth(18)?.parse().ok() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sleeper() -> std::process::Child {
        Command::new("sleep").arg("60").spawn().unwrap()
    }

    #[test]
    fn ends_what_is_listed_and_nothing_else() {
        let (mut kept, mut ended) = (sleeper(), sleeper());
        let lines = format!("+{}\n+{}\n-{}\nnonsense\n+0\n+-1\n", kept.id(), ended.id(), kept.id());
        let reaper = thread::spawn(move || ended.wait().unwrap());
        guard_until_end_of_input(lines.as_bytes());
        assert!(!reaper.join().unwrap().success());
        assert!(kept.try_wait().unwrap().is_none());
        kept.kill().unwrap();
        kept.wait().unwrap();
    }
}
