//! The audit as a whole: what belongs to the copy, the start, the two threads, the end.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::mpsc::sync_channel,
    thread,
    time::{Duration, Instant},
};

use dure_consensus::BlockHeader;
use dure_score::{Genesis, Hash32, Overlay, key::Key, record::Campaign, state::MemoryState};

use super::{
    Progress, Report, SupplyLine,
    machine::Machine,
    reader::{WAITING, read_all},
};
use crate::{
    history::archive::{
        ArchiveError, BackupManifest, Fault, SnapshotManifest,
        backup::{backup_name, read_manifest},
        frame::Damage,
        import::{each_entry, origin},
        names_in, proof, read_file,
        snapshot::{MAX_MANIFEST_BYTES, manifest_name},
    },
    store::record::Head,
};

/// How often progress is told.
const TELL: Duration = Duration::from_millis(100);

/// A copy that was re-applied and found good.
pub(crate) struct Replayed {
    pub(crate) manifest: BackupManifest,
    pub(crate) genesis: Genesis,
    pub(crate) snapshot: Option<SnapshotManifest>,
    pub(crate) state: MemoryState,
    pub(crate) head: Head,
    /// State roots after each block, if they were asked for.
    pub(crate) roots: Vec<Hash32>,
    pub(crate) report: Report,
}

/// Audits the backup in `folder`; with `pinned`, refuses one of another genesis. Every fault names a block.
pub fn audit(
    folder: &Path,
    pinned: Option<&Hash32>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, ArchiveError> {
    replay(folder, pinned, false, progress).map(|replayed| replayed.report)
}

/// [`audit`], and the state that comes of it; with `keep_roots`, also the roots on the way.
pub(crate) fn replay(
    folder: &Path,
    pinned: Option<&Hash32>,
    keep_roots: bool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Replayed, ArchiveError> {
    let begun = Instant::now();
    let manifest = read_manifest(folder)?;
    let genesis = manifest.genesis()?;
    genesis.check().map_err(|_| ArchiveError::at(manifest.head, Fault::Malformed("genesis")))?;
    if pinned.is_some_and(|pinned| *pinned != genesis.hash()) {
        return Err(ArchiveError::OtherGenesis);
    }
    let (snapshot, parent) = start(folder, &manifest, &genesis)?;
    check_names(folder, &manifest, snapshot.as_ref())?;
    proof::verify_handovers(&genesis, &manifest.handovers)
        .ok_or(ArchiveError::at(manifest.head, Fault::Certificate))?;
    let state = state_at_start(folder, &genesis, snapshot.as_ref())?;
    let mut machine = Machine::new(manifest.base, state, &genesis)?;
    if let Some(snapshot) = &snapshot
        && machine.root() != snapshot.state_root
    {
        let (expected, found) = (snapshot.state_root, machine.root());
        return Err(ArchiveError::at(snapshot.height, Fault::StateRoot { expected, found }));
    }
    let mut roots = Vec::new();
    let mut after = |root| {
        if keep_roots {
            roots.push(root);
        }
    };
    let end = run(folder, (&manifest, &genesis), parent, &mut machine, &mut after, progress)?;
    if end.digest() != *manifest.digest.as_bytes() {
        return Err(ArchiveError::at(manifest.head, Fault::Link));
    }
    machine.finish(manifest.state_root)?;
    let head = Head {
        height: manifest.head,
        digest: manifest.digest,
        time_ms: end.time_ms,
        state_root: manifest.state_root,
    };
    let report = report(&machine, &manifest, &genesis, begun.elapsed())?;
    Ok(Replayed { manifest, genesis, snapshot, state: machine.state, head, roots, report })
}

/// The snapshot to begin from, if not from genesis, and the header of the block before the first.
fn start(
    folder: &Path,
    manifest: &BackupManifest,
    genesis: &Genesis,
) -> Result<(Option<SnapshotManifest>, BlockHeader), ArchiveError> {
    let Some(hash) = &manifest.snapshot else { return Ok((None, origin(genesis))) };
    let (height, name) = (manifest.base, manifest_name(manifest.base));
    let missing = || ArchiveError::at(height, Fault::Missing(name.clone()));
    let bytes = read_file(&folder.join(&name), MAX_MANIFEST_BYTES)?.ok_or_else(missing)?;
    let (snapshot, found) = SnapshotManifest::open(&bytes, height)?;
    if found != *hash {
        return Err(ArchiveError::at(height, Fault::Damaged { file: name, damage: Damage::Other }));
    }
    let (header, _) = snapshot.verify(genesis)?;
    Ok((Some(snapshot), header))
}

/// Nothing is there that no hash covers.
fn check_names(
    folder: &Path,
    manifest: &BackupManifest,
    snapshot: Option<&SnapshotManifest>,
) -> Result<(), ArchiveError> {
    let mut expected: BTreeSet<String> = manifest.file_names(snapshot).into_iter().collect();
    expected.insert(backup_name(manifest.head));
    for name in names_in(folder)? {
        if !expected.contains(&name) {
            return Err(ArchiveError::at(manifest.head, Fault::Unexpected(name)));
        }
    }
    Ok(())
}

fn state_at_start(
    folder: &Path,
    genesis: &Genesis,
    snapshot: Option<&SnapshotManifest>,
) -> Result<MemoryState, ArchiveError> {
    let mut state = MemoryState::default();
    let Some(snapshot) = snapshot else {
        let mut overlay = Overlay::new(&state);
        genesis.write(&mut overlay);
        let changes = overlay.into_changes();
        state.commit(changes);
        return Ok(state);
    };
    each_entry(snapshot, folder, &mut |key, value| {
        state.0.insert(key, value);
        Ok(())
    })?;
    let count = u64::try_from(state.0.len()).unwrap_or(u64::MAX);
    if count == snapshot.entries { Ok(state) } else { Err(ArchiveError::at(snapshot.height, Fault::Entries)) }
}

/// Applies every block while another thread reads and checks the next ones. Returns the last header.
fn run(
    folder: &Path,
    (manifest, genesis): (&BackupManifest, &Genesis),
    parent: BlockHeader,
    machine: &mut Machine,
    after: &mut dyn FnMut(Hash32),
    progress: &mut dyn FnMut(Progress),
) -> Result<BlockHeader, ArchiveError> {
    let all = manifest.head.saturating_sub(manifest.base);
    let mut last = parent.clone();
    let mut told = Instant::now();
    let mut tell = |machine: &Machine| {
        let done = machine.height.saturating_sub(manifest.base);
        progress(Progress { done, all, transactions: machine.counts.transactions });
    };
    thread::scope(|scope| {
        let (out, blocks) = sync_channel(WAITING);
        scope.spawn(move || read_all(folder, manifest, genesis, parent, &out));
        for block in blocks {
            let block = block?;
            machine.apply(&block)?;
            after(machine.root());
            last = block.header;
            if told.elapsed() >= TELL {
                told = Instant::now();
                tell(machine);
            }
        }
        tell(machine);
        if last.height == manifest.head {
            Ok(last)
        } else {
            Err(ArchiveError::at(manifest.head, Fault::Link))
        }
    })
}

fn report(
    machine: &Machine,
    manifest: &BackupManifest,
    genesis: &Genesis,
    took: Duration,
) -> Result<Report, ArchiveError> {
    let mut supply = Vec::new();
    for (id, sheet) in machine.books.sheets() {
        let malformed = || ArchiveError::at(manifest.head, Fault::Malformed("campaign"));
        let campaign = machine.state.0.get(&Key::Campaign(*id).to_bytes()).ok_or_else(malformed)?;
        let campaign: Campaign = minicbor::decode(campaign).map_err(|_| malformed())?;
        supply.push(SupplyLine {
            campaign: *id,
            name: campaign.terms.name.as_str().to_owned(),
            existing: sheet.supply.existing().ok_or_else(malformed)?,
            lots: sheet.lots,
            budget: sheet.budget,
            payouts: sheet.payouts,
        });
    }
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let payments = machine.counts.payments;
    Ok(Report {
        chain: genesis.chain.clone(),
        genesis_hash: genesis.hash(),
        base: manifest.base,
        head: manifest.head,
        state_root: manifest.state_root,
        blocks: manifest.head.saturating_sub(manifest.base),
        certificates: machine.counts.certificates,
        transactions: machine.counts.transactions,
        payments,
        millis,
        payments_per_s: payments.saturating_mul(1_000) / millis.max(1),
        supply,
        ok: true,
    })
}
