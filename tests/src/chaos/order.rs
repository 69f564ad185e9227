//! Judges the ledger's own order: a request that was answered before another one was asked comes before it. Together with the
//! replay in that order ([`super::follow`]) this is linearizability: one total order that explains every answer.

use std::time::Duration;

use dure_score::TxId;

use super::{fault::Fault, history::Entry};

/// Refuses if the order contradicts real time. `place` says where a request is; one that is nowhere had no effect. Linear in
/// the number of requests, after sorting.
pub fn real_time(entries: &[Entry], place: impl Fn(&TxId) -> Option<(u64, u32)>) -> Result<(), Fault> {
    let mut placed: Vec<_> =
        entries.iter().filter_map(|entry| place(&entry.id).map(|place| (place, entry))).collect();
    placed.sort_by_key(|(place, _)| *place);
    let mut latest: Option<(Duration, TxId)> = None;
    for (_, entry) in placed {
        if let Some((invoked, earlier)) = latest
            && entry.responded < invoked
            && super::search::is_answered(entry)
        {
            return Err(Fault::Backwards { earlier, later: entry.id });
        }
        if latest.is_none_or(|(invoked, _)| entry.invoked > invoked) {
            latest = Some((entry.invoked, entry.id));
        }
    }
    Ok(())
}
