//! `dure audit`: re-applies a copy of the ledger, or a copy that it makes of the deployment's own nodes.
//!
//! The last line of the output is JSON: what was found good, or the first fault with its block.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use dure_score::Hash32;
use ledger_node::{
    history::archive::{self, ArchiveError},
    operations::audit::{self, Report},
};
use serde_json::json;

use crate::{
    backup::genesis_hash,
    bar::Bar,
    console::{say, won},
    error::DureError,
    setup::Layout,
};

/// Most nodes of a deployment that are looked for.
const MAX_NODES: usize = 64;

/// Re-applies every block of a copy and checks all of it.
#[derive(Debug, clap::Args)]
pub struct Audit {
    /// Folder of a copy made by `dure backup`; without one, the deployment's first node is copied and audited
    copy: Option<PathBuf>,
    /// Data folder of the deployment
    #[arg(long, env = "DURE_DATA", default_value = "data")]
    data: PathBuf,
    /// Every node of the deployment instead of the first
    #[arg(long, conflicts_with = "copy")]
    all: bool,
    /// The channel's genesis.json: a copy of another ledger is refused
    #[arg(long)]
    genesis: Option<PathBuf>,
    /// Only the JSON line
    #[arg(long)]
    json: bool,
}

impl Audit {
    /// Audits; the code is the process's.
    pub fn run(&self) -> Result<ExitCode, DureError> {
        let pinned = self.genesis.as_deref().map(genesis_hash).transpose()?;
        let Some(copy) = &self.copy else { return self.own(pinned) };
        self.tell(self.one(copy, pinned.as_ref()))
    }

    /// The deployment's own nodes.
    fn own(&self, pinned: Option<Hash32>) -> Result<ExitCode, DureError> {
        let layout = Layout::new(&self.data)?;
        let pinned = pinned.map_or_else(|| genesis_hash(&layout.genesis()), Ok)?;
        let nodes =
            (0..MAX_NODES).map(|index| layout.node(index)).filter(|node| node.join("ledger").is_dir());
        let nodes: Vec<PathBuf> = nodes.take(if self.all { MAX_NODES } else { 1 }).collect();
        if nodes.is_empty() {
            return Err(DureError::file(layout.root(), "no node's ledger is here; name a copy, or --data"));
        }
        let mut good = ExitCode::SUCCESS;
        for node in nodes {
            self.say(&format!("{}", node.display()));
            let scratch = Scratch::new()?;
            let copied = self.copy(&node, scratch.path());
            let report = copied.and_then(|()| self.one(scratch.path(), Some(&pinned)));
            let code = self.tell(report)?;
            if code != ExitCode::SUCCESS {
                good = code;
            }
        }
        Ok(good)
    }

    fn copy(&self, node: &Path, to: &Path) -> Result<(), ArchiveError> {
        let mut bar = Bar::new("copying", !self.json);
        archive::backup(node, to, &mut |done, all| bar.at(done, all, "blocks")).map(drop)
    }

    fn one(&self, copy: &Path, pinned: Option<&Hash32>) -> Result<Report, ArchiveError> {
        let mut bar = Bar::new("re-applying", !self.json);
        audit::audit(copy, pinned, &mut |progress| {
            bar.at(progress.done, progress.all, &format!("blocks, {} transactions,", progress.transactions));
        })
    }

    /// Prints what came of it. A fault in the copy is an answer; that nothing could be audited is an error.
    fn tell(&self, report: Result<Report, ArchiveError>) -> Result<ExitCode, DureError> {
        let (line, code) = match report {
            Ok(report) => {
                self.explain(&report);
                (serde_json::to_string(&report), ExitCode::SUCCESS)
            }
            Err(error @ ArchiveError::Bad { .. }) => {
                self.say(&format!("NOT GOOD: {error}"));
                let line = json!({
                    "ok": false, "block": error.block(), "code": error.code(), "reason": error.to_string()
                });
                (serde_json::to_string(&line), ExitCode::FAILURE)
            }
            Err(error) => return Err(error.into()),
        };
        let line = line.map_err(|error| DureError::Data(error.to_string()))?;
        writeln!(std::io::stdout(), "{line}")
            .map_err(|source| DureError::io("write to", Path::new("output"), source))?;
        Ok(code)
    }

    fn explain(&self, report: &Report) {
        self.say(&format!("{}   genesis {}", report.chain, report.genesis_hash));
        for line in &report.supply {
            self.say(&format!(
                "campaign {:>4}   {:<24}   exists {:>16}   in accounts {:>16}   budget {:>16}   at the bank {:>14}",
                line.campaign.0,
                line.name,
                won(line.existing.get()),
                won(line.lots.get()),
                won(line.budget.get()),
                won(line.payouts.get())
            ));
        }
        self.say(&format!(
            "{} blocks from {} to {}, {} transactions, {} payments, {} certificates: all good ({} ms)",
            report.blocks,
            report.base,
            report.head,
            report.transactions,
            report.payments,
            report.certificates,
            report.millis
        ));
    }

    fn say(&self, line: &str) {
        if !self.json {
            say(line);
        }
    }
}

/// A folder for a copy that is not kept.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, DureError> {
        let name = format!("dure-audit-{}-{:016x}", std::process::id(), rand::random::<u64>());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).map_err(|source| DureError::io("make", &path, source))?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            say(&format!("{} could not be removed: {error}", self.0.display()));
        }
    }
}
