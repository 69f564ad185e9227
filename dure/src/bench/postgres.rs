//! PostgreSQL on the same machine, doing a double-entry payment in one function: what the ledger is held against.
//!
//! No signatures and no replicas; `synchronous_commit` and `fsync` are on, 16 clients, prepared statements. Order numbers count up per
//! client, which suits its index best. Everything else is as PostgreSQL ships it, but for 256 MB of shared buffers.

use std::{
    fs,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{error::DureError, process::Guard};

/// Longest wait for the server's first answer, and for its end.
const PATIENCE: Duration = Duration::from_secs(60);

/// The user that the server runs as when we are root, which it refuses.
const USER: &str = "postgres";

/// Clients, and threads of pgbench.
const CLIENTS: [&str; 2] = ["16", "2"];

/// Accounts, and the function.
const SCHEMA: &str = "
CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
CREATE TABLE entry (
    order_id bigint NOT NULL, account_id int NOT NULL, amount bigint NOT NULL,
    booked_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (order_id, account_id));
CREATE FUNCTION pay(payer int, merchant int, amount bigint, order_id bigint) RETURNS void AS $$
BEGIN
    UPDATE account a SET balance = balance - pay.amount WHERE a.id = payer AND balance >= pay.amount;
    IF NOT FOUND THEN RAISE EXCEPTION 'not enough'; END IF;
    UPDATE account a SET balance = balance + pay.amount WHERE a.id = merchant;
    INSERT INTO entry VALUES (pay.order_id, payer, -pay.amount), (pay.order_id, merchant, pay.amount);
END $$ LANGUAGE plpgsql;
INSERT INTO account SELECT n, 10000000 FROM generate_series(1, 10500) n;
ANALYZE account;
";

/// 10,000 payers; shops are the accounts above them.
const SPREAD: &str = "\\set shop random(10001, 10500)";

/// All pay one shop.
const HOT: &str = "\\set shop 10001";

/// The rest of both scripts.
const PAY: &str = "
\\set payer random(1, 10000)
\\set n :n + 1
\\set order_id :round * 1000000000000 + :client_id * 1000000000 + :n
SELECT pay(:payer, :shop, 10, :order_id);
";

/// A running server with the tables in it.
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    server: Child,
    guard: Guard,
    rounds: u32,
}

/// What pgbench measured.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Rate {
    /// Payments a second.
    pub per_s: f64,
    /// Their average latency, ms.
    pub latency_ms: f64,
}

impl Postgres {
    /// Starts a server below `folder`, which must be empty.
    pub fn start(folder: &Path, guard: &Guard) -> Result<Self, DureError> {
        let programs = programs()?;
        fs::create_dir_all(folder).map_err(|source| DureError::io("make", folder, source))?;
        if is_root()? {
            let (user, group) = (id(&["-u", USER])?, id(&["-g", USER])?);
            chown(folder, Some(user), Some(group))
                .map_err(|source| DureError::io("give away", folder, source))?;
        }
        let data = folder.join("data");
        let mut initdb = unprivileged(&programs.join("initdb"))?;
        initdb
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "-D"])
            .arg(&data);
        checked(initdb)?;
        let mut server = unprivileged(&programs.join("postgres"))?;
        server.arg("-D").arg(&data).arg("-k").arg(folder);
        for setting in ["listen_addresses=", "shared_buffers=256MB", "synchronous_commit=on"] {
            server.args(["-c", setting]);
        }
        let server = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let server = server.map_err(|source| DureError::io("start", &programs, source))?;
        guard.watch(server.id())?;
        let (folder, guard) = (folder.to_owned(), guard.clone());
        let postgres = Self { programs, folder, server, guard, rounds: 0 };
        postgres.wait()?;
        postgres.sql(SCHEMA)?;
        Ok(postgres)
    }

    /// The server's own words on what it is.
    pub fn version(&self) -> Result<String, DureError> {
        Ok(self.sql("SHOW server_version")?.trim().to_owned())
    }

    /// Payments for `seconds`, to one shop or to all.
    pub fn measure(&mut self, hot: bool, seconds: f64) -> Result<Rate, DureError> {
        self.rounds = self.rounds.saturating_add(1);
        let script = self.folder.join(if hot { "hot.sql" } else { "spread.sql" });
        let text = format!("{}{PAY}", if hot { HOT } else { SPREAD });
        fs::write(&script, text).map_err(|source| DureError::io("write", &script, source))?;
        let mut pgbench = self.client("pgbench")?;
        pgbench.args(["-n", "-M", "prepared", "-c"]).args(CLIENTS.first()).arg("-j").args(CLIENTS.last());
        pgbench.args(["-T", &format!("{:.0}", seconds.max(1.0)), "-D", "n=0"]);
        pgbench.arg("-D").arg(format!("round={}", self.rounds)).arg("-f").arg(&script).arg("postgres");
        let output = checked(pgbench)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let after = |label: &str| {
            let rest = text.lines().find_map(|line| line.strip_prefix(label))?;
            rest.split_whitespace().next()?.parse::<f64>().ok()
        };
        match (after("tps = "), after("latency average = ")) {
            (Some(per_s), Some(latency_ms)) => Ok(Rate { per_s, latency_ms }),
            _ => Err(failed(&text)),
        }
    }

    fn wait(&self) -> Result<(), DureError> {
        let until = Instant::now() + PATIENCE;
        while let Err(error) = self.sql("SELECT 1") {
            if Instant::now() > until {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    fn sql(&self, text: &str) -> Result<String, DureError> {
        let mut psql = self.client("psql")?;
        psql.args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-c", text]);
        Ok(String::from_utf8_lossy(&checked(psql)?.stdout).into_owned())
    }

    fn client(&self, program: &str) -> Result<Command, DureError> {
        let mut command = unprivileged(&self.programs.join(program))?;
        command.arg("-h").arg(&self.folder).args(["-U", "postgres"]);
        Ok(command)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let pid = self.server.id();
        // SIGINT: ends its sessions and stops. Nothing here is worth more than an orderly end.
        if let Ok(pid) = i32::try_from(pid) {
            kill(Pid::from_raw(pid), Signal::SIGINT).ok();
        }
        let until = Instant::now() + PATIENCE;
        while matches!(self.server.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
        if let Err(error) = self.guard.forget(pid) {
            tracing::warn!(%error, "the guard does not listen");
        }
    }
}

/// The programs of the newest installed PostgreSQL (Debian keeps the server's out of PATH).
fn programs() -> Result<PathBuf, DureError> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            let programs = entry.path().join("bin");
            programs.join("pgbench").exists().then_some((version, programs))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, path)| path).ok_or_else(|| failed("it is not installed (apt install postgresql)"))
}

/// A command that does not run as root.
fn unprivileged(program: &Path) -> Result<Command, DureError> {
    let mut command = if is_root()? {
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={USER}")).arg(format!("--regid={USER}")).args(["--init-groups", "--"]);
        command.arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/").env("LC_ALL", "C");
    Ok(command)
}

fn is_root() -> Result<bool, DureError> {
    Ok(id(&["-u"])? == 0)
}

/// A number that `id` tells.
fn id(args: &[&str]) -> Result<u32, DureError> {
    let mut command = Command::new("id");
    command.args(args);
    let text = String::from_utf8_lossy(&checked(command)?.stdout).into_owned();
    text.trim().parse().map_err(|_| failed("the system does not tell user ids"))
}

fn checked(mut command: Command) -> Result<Output, DureError> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| failed(&error.to_string()))?;
    if output.status.success() { Ok(output) } else { Err(failed(&String::from_utf8_lossy(&output.stderr))) }
}

fn failed(reason: &str) -> DureError {
    DureError::Database(format!("PostgreSQL: {reason}"))
}
