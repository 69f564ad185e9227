//! One throw-away PostgreSQL cluster.

use std::{
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

use diesel::{Connection as _, PgConnection, RunQueryDsl, sql_query};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// Longest wait for the server to answer; it takes under two seconds on an idle machine.
const START: Duration = Duration::from_secs(60);
/// Longest wait for it to stop.
const STOP: Duration = Duration::from_secs(20);
/// The unprivileged user that the server runs as when we are root (it refuses to run as root).
const USER: &str = "postgres";

pub struct Cluster {
    folder: tempfile::TempDir,
    server: Child,
    next: AtomicU32,
}

impl Cluster {
    pub fn start() -> Self {
        let binaries = binaries();
        // A short path: the socket's must stay under 108 bytes.
        let folder =
            tempfile::Builder::new().prefix("dure-pg-").tempdir_in("/tmp").expect("temporary folder");
        let root = id_of(&["-u"]) == 0;
        if root {
            chown(folder.path(), Some(id_of(&["-u", USER])), Some(id_of(&["-g", USER]))).expect("chown");
        }
        let data = folder.path().join("data");
        let made = command(root, &binaries.join("initdb"))
            .args([
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
                "-D",
            ])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .expect("run initdb");
        assert!(made.success(), "initdb failed");
        let server = command(root, &binaries.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"])
            .args(["-c", "synchronous_commit=off", "-c", "log_min_messages=fatal"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("run postgres");
        let cluster = Self { folder, server, next: AtomicU32::new(0) };
        cluster.wait();
        cluster
    }

    fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=postgres", self.folder.path().display())
    }

    fn wait(&self) {
        let deadline = Instant::now() + START;
        while let Err(error) = PgConnection::establish(&self.url("postgres")) {
            assert!(Instant::now() < deadline, "PostgreSQL did not start: {error}");
            sleep(Duration::from_millis(50));
        }
    }

    /// Makes an empty database; answers its URL.
    pub fn create_database(&self) -> String {
        let name = format!("t{}", self.next.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::establish(&self.url("postgres")).expect("connect to PostgreSQL");
        sql_query(format!("CREATE DATABASE {name}")).execute(&mut connection).expect("create database");
        self.url(&name)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGQUIT: stop at once, nothing here is worth a checkpoint.
        if let Ok(pid) = i32::try_from(self.server.id()) {
            let _sent = kill(Pid::from_raw(pid), Signal::SIGQUIT);
        }
        let deadline = Instant::now() + STOP;
        while matches!(self.server.try_wait(), Ok(None)) && Instant::now() < deadline {
            sleep(Duration::from_millis(20));
        }
    }
}

/// The newest installed PostgreSQL's programs (Debian keeps the server's out of PATH).
fn binaries() -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| {
            entries
                .flatten()
                .filter_map(|entry| {
                    let version = entry.file_name().to_str()?.parse().ok()?;
                    let programs = entry.path().join("bin");
                    programs.join("initdb").exists().then_some((version, programs))
                })
                .collect()
        })
        .unwrap_or_default();
    found.sort();
    found.pop().map(|(_, path)| path).expect("PostgreSQL is not installed (apt install postgresql)")
}

fn command(root: bool, program: &Path) -> Command {
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={USER}")).arg(format!("--regid={USER}")).args(["--init-groups", "--"]);
        command.arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/tmp").env("LC_ALL", "C");
    command
}

fn id_of(args: &[&str]) -> u32 {
    let output = Command::new("id").args(args).output().expect("run id");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().expect("a numeric id (is PostgreSQL's user `postgres` there?)")
}
