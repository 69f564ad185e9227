//! One child process: its program, its log file, its life.

use std::{
    fs::{self, OpenOptions},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::guard::Guard;
use crate::error::DureError;

/// How long a process may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(10);
/// Lines of a log shown when its process ends too early.
const TAIL_LINES: usize = 12;

/// What to run, and how.
#[derive(Debug, Clone)]
pub struct Program {
    /// Name for people and for the log file.
    pub name: String,
    /// The binary.
    pub binary: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Where its output goes; appended to.
    pub log: PathBuf,
}

/// A running process of ours.
#[derive(Debug)]
pub struct Child {
    program: Program,
    process: std::process::Child,
    guard: Guard,
}

impl Program {
    /// Starts it in a process group of its own: Ctrl-C goes to the launcher, which stops everything in order.
    pub fn start(&self, guard: &Guard) -> Result<Child, DureError> {
        if !self.binary.is_file() {
            return Err(DureError::BinaryMissing { path: self.binary.clone() });
        }
        let log = OpenOptions::new().create(true).append(true).open(&self.log);
        let log = log.map_err(|source| DureError::io("open", &self.log, source))?;
        let errors = log.try_clone().map_err(|source| DureError::io("open", &self.log, source))?;
        let mut command = Command::new(&self.binary);
        command.args(&self.args).stdin(Stdio::null()).stdout(log).stderr(errors).process_group(0);
        let process = command.spawn().map_err(|source| DureError::io("start", &self.binary, source))?;
        guard.watch(process.id())?;
        Ok(Child { program: self.clone(), process, guard: guard.clone() })
    }
}

impl Child {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.program.name
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Refuses if the process has ended, with the end of its log.
    pub fn check_alive(&mut self) -> Result<(), DureError> {
        let log = &self.program.log;
        match self
            .process
            .try_wait()
            .map_err(|source| DureError::io("watch", &self.program.binary, source))?
        {
            None => Ok(()),
            Some(status) => Err(DureError::ProcessEnded {
                name: self.program.name.clone(),
                status: status.to_string(),
                log: log.clone(),
                tail: tail(log),
            }),
        }
    }

    /// Ends the process at once, as a power cut does.
    pub fn kill(&mut self) -> Result<(), DureError> {
        let killed = self.process.kill().and_then(|()| self.process.wait().map(|_| ()));
        killed.map_err(|source| DureError::io("kill", &self.program.binary, source))?;
        self.guard.forget(self.pid())
    }

    /// Asks the process to stop and returns at once; [`Child::wait_stopped`] waits for it.
    pub fn ask_to_stop(&mut self) {
        if let (Ok(None), Ok(pid)) = (self.process.try_wait(), i32::try_from(self.pid())) {
            // It may end in this very moment; then there is nothing left to ask.
            kill(Pid::from_raw(pid), Signal::SIGTERM).ok();
        }
    }

    /// Waits until the process has ended, and kills it when it takes too long. True if it ended by itself.
    pub fn wait_stopped(&mut self) -> Result<bool, DureError> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let ended = self.process.try_wait();
            if ended.map_err(|source| DureError::io("watch", &self.program.binary, source))?.is_some() {
                self.guard.forget(self.pid())?;
                return Ok(true);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.kill().map(|()| false)
    }

    /// Starts the same program again after [`Child::kill`] or a stop.
    pub fn restart(&mut self) -> Result<(), DureError> {
        let guard = self.guard.clone();
        *self = self.program.start(&guard)?;
        Ok(())
    }
}

fn tail(log: &Path) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let mut lines: Vec<&str> = text.lines().rev().take(TAIL_LINES).collect();
    lines.reverse();
    lines.join("\n")
}
