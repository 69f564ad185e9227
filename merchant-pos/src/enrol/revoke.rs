//! Ends on the ledger what wrong PINs have locked here, also after a restart.

use std::{sync::Arc, time::Duration};

use dure_db::devices::OwnerClass;
use dure_service::device::Revocations;

use crate::till::Till;

/// Pause between rounds. A request tries at once by itself; this is for what it could not finish.
const PAUSE: Duration = Duration::from_secs(15);
/// Transactions a round; the rest waits for the next.
const BATCH: i64 = 50;

/// Works for ever; the first round is at once.
pub async fn keep_revoking(till: Arc<Till>) {
    let ledger = Arc::clone(&till.ledger);
    let mut revocations =
        Revocations::new(till.db.clone(), ledger, Arc::clone(&till.officer), OwnerClass::Shop);
    loop {
        round(&till, &mut revocations).await;
        tokio::time::sleep(PAUSE).await;
    }
}

/// One round. What fails is told and left for the next; nothing waits for it.
async fn round(till: &Till, revocations: &mut Revocations) {
    if let Err(error) = till.pins.lock_cut_off().await {
        tracing::warn!(code = error.code(), "devices out of tries could not be locked: {error}");
    }
    if let Err(error) = till.officer.resend(BATCH, Revocations::is_one).await {
        tracing::warn!(code = error.code(), "stored transactions could not be read: {error}");
    }
    if let Err(error) = revocations.pass().await {
        tracing::warn!(code = error.code(), "locked devices could not be looked up: {error}");
    }
}
