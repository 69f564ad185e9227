//! `dure backup` and `dure restore`: a node's ledger into files that prove themselves, and back.

use std::path::{Path, PathBuf};

use dure_score::{Genesis, Hash32};
use ledger_node::{history::archive, operations};

use crate::{bar::Bar, console::say, error::DureError};

/// Copies a node's ledger.
#[derive(Debug, clap::Args)]
pub struct Backup {
    /// The node's data folder, such as data/node1; the node may be running
    #[arg(long)]
    node: PathBuf,
    /// New or empty folder for the copy
    #[arg(long)]
    to: PathBuf,
}

/// Makes a node's data folder of a copy, after a full audit.
#[derive(Debug, clap::Args)]
pub struct Restore {
    /// Folder of the copy
    #[arg(long)]
    from: PathBuf,
    /// New or empty data folder; it gets no keys and no consensus journal
    #[arg(long)]
    node: PathBuf,
    /// The channel's genesis.json: a copy of another ledger is refused
    #[arg(long)]
    genesis: Option<PathBuf>,
}

impl Backup {
    /// Copies.
    pub fn run(&self) -> Result<(), DureError> {
        let mut bar = Bar::new("copying", true);
        let manifest = archive::backup(&self.node, &self.to, &mut |done, all| bar.at(done, all, "blocks"))?;
        drop(bar);
        let (base, head) = (manifest.base, manifest.head);
        let from = if base == 0 { "genesis".to_owned() } else { format!("the snapshot of block {base}") };
        say(&format!(
            "{} holds the ledger from {from} to block {head}; `dure audit` proves it",
            self.to.display()
        ));
        Ok(())
    }
}

impl Restore {
    /// Audits and restores.
    pub fn run(&self) -> Result<(), DureError> {
        let pinned = self.genesis.as_deref().map(genesis_hash).transpose()?;
        let mut bar = Bar::new("re-applying", true);
        let report = operations::restore(&self.from, &self.node, pinned.as_ref(), &mut |progress| {
            bar.at(progress.done, progress.all, "blocks");
        })?;
        drop(bar);
        say(&format!(
            "{} holds the ledger of {} up to block {}; genesis {}",
            self.node.display(),
            report.chain,
            report.head,
            report.genesis_hash
        ));
        say(
            "start it as an observer, or as a validator under a new key: its votes before are not known here",
        );
        Ok(())
    }
}

/// What everybody pins of a genesis file.
pub(crate) fn genesis_hash(path: &Path) -> Result<Hash32, DureError> {
    Ok(genesis(path)?.hash())
}

/// The genesis in a file.
pub(crate) fn genesis(path: &Path) -> Result<Genesis, DureError> {
    let text = std::fs::read_to_string(path).map_err(|source| DureError::io("read", path, source))?;
    serde_json::from_str(&text).map_err(|error| DureError::file(path, error))
}
