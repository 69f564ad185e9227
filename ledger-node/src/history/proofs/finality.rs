//! Which state the validators have agreed on, and how anybody can check that.

use dure_proof::FinalityProof;
use dure_score::Hash32;

use crate::{
    history::ledger::{Ledger, LedgerError, handovers},
    store::{
        Read, StoreError, Table,
        record::{AppHeader, BlockRecord, height_key, read},
    },
};

/// Headers that are looked at for one with a certificate of its own. Blocks that became final through a later
/// one have none; more than a few in a row are only seen by a node that is catching up.
const MAX_SEARCH: u64 = 256;

/// A state root with its proof.
#[derive(Clone, Debug)]
pub struct ProvenState {
    /// Height of the state: that of the last block that has been applied to it.
    pub executed: u64,
    /// Its root.
    pub state_root: Hash32,
    /// Height of the header that says so.
    pub header_height: u64,
    /// The proof.
    pub proof: FinalityProof,
}

/// The newest state that has a proof. `None` if it is older than `at_least`: ask again after the next blocks.
pub fn finality(ledger: &Ledger, at_least: u64) -> Result<Option<ProvenState>, LedgerError> {
    let (view, head) = ledger.view()?;
    newest(ledger, &*view, head.height, at_least)
}

/// The proof of the state right after the block `executed`. `None` if no header that this node has a
/// certificate for says that state (yet): not every height is ever named by a header.
pub fn finality_of(ledger: &Ledger, executed: u64) -> Result<Option<ProvenState>, LedgerError> {
    let (view, head) = ledger.view()?;
    let first = executed.saturating_add(1);
    for height in first..=head.height.min(executed.saturating_add(MAX_SEARCH)) {
        let Some(record) = record(&*view, height)? else { break };
        let Some(claim) = claim(&record)? else { continue };
        if claim.executed > executed {
            break;
        }
        if claim.executed == executed && record.certificate().is_some() {
            return prove(ledger, &*view, height, &record, claim);
        }
    }
    Ok(None)
}

/// [`finality`] within a view whose last block is `head`.
pub(super) fn newest(
    ledger: &Ledger,
    view: &dyn Read,
    head: u64,
    at_least: u64,
) -> Result<Option<ProvenState>, LedgerError> {
    let last = head.saturating_sub(MAX_SEARCH).max(at_least);
    for height in (last.saturating_add(1)..=head).rev() {
        let Some(record) = record(view, height)? else { break };
        let Some(claim) = claim(&record)? else { continue };
        if claim.executed < at_least {
            break;
        }
        if record.certificate().is_some() {
            return prove(ledger, view, height, &record, claim);
        }
    }
    Ok(None)
}

fn prove(
    ledger: &Ledger,
    view: &dyn Read,
    height: u64,
    record: &BlockRecord,
    claim: AppHeader,
) -> Result<Option<ProvenState>, LedgerError> {
    let Some(certificate) = record.certificate() else { return Ok(None) };
    let proof = FinalityProof {
        chain: ledger.chain().clone(),
        genesis_hash: ledger.genesis().hash(),
        handovers: handovers::all(view)?,
        header: record.header_bytes().to_vec().into(),
        certificate: certificate.to_vec().into(),
    };
    let AppHeader { executed, state_root } = claim;
    Ok(Some(ProvenState { executed, state_root, header_height: height, proof }))
}

fn record(view: &dyn Read, height: u64) -> Result<Option<BlockRecord>, StoreError> {
    let bytes = view.get(Table::Headers, &height_key(height))?;
    bytes.map(|bytes| read("block record", &bytes)).transpose()
}

/// What the header says of the state below it.
fn claim(record: &BlockRecord) -> Result<Option<AppHeader>, StoreError> {
    Ok(AppHeader::decode(&record.header()?.app))
}
