//! Sends again what was stored and not answered: after a crash, a lost link, or a ledger that was away. Also finishes
//! locks that were cut off, and sees to it that every locked device is revoked.

use std::{collections::HashSet, time::Duration};

use dure_db::{DbError, outgoing};
use dure_score::SignedTx;

use super::revoke::revoke_locked;
use crate::{app::App, fault::Fault, ledger::is_renewable, pin};

/// Pause between rounds. A request tries at once by itself; this is for what it could not finish.
const PAUSE: Duration = Duration::from_secs(15);
/// Transactions a round; the rest waits for the next.
const BATCH: i64 = 50;

/// Runs for ever; the first round is at once.
pub async fn resend(app: &App) {
    let mut revoked = HashSet::new();
    loop {
        round(app, &mut revoked).await;
        tokio::time::sleep(PAUSE).await;
    }
}

/// One round. What fails is told and left for the next; nothing waits for it.
pub async fn round(app: &App, revoked: &mut HashSet<String>) {
    if let Err(error) = pin::lock_exhausted(app).await {
        tracing::warn!(code = error.code(), "devices out of tries could not be locked: {error}");
    }
    if let Err(error) = send_pending(app).await {
        tracing::warn!(code = error.code(), "stored transactions could not be read: {error}");
    }
    if let Err(error) = revoke_locked(app, revoked).await {
        tracing::warn!(code = error.code(), "locked devices could not be read: {error}");
    }
}

async fn send_pending(app: &App) -> Result<(), Fault> {
    let signer = app.officer.certificate().to_string();
    let pending = app.db.run::<_, DbError, _>(move |c| outgoing::pending(c, &signer, BATCH)).await?;
    for stored in pending {
        let purpose = stored.purpose.clone();
        match send(app, stored).await {
            Ok(applied) => tracing::info!(%purpose, applied, "stored transaction answered"),
            Err(error) => {
                tracing::warn!(%purpose, code = error.code(), "a stored transaction waits: {error}");
            }
        }
    }
    Ok(())
}

/// True if it has applied, false if it is void.
async fn send(app: &App, stored: outgoing::Outgoing) -> Result<bool, Fault> {
    let (purpose, wire) = (stored.purpose.clone(), stored.wire.clone());
    match app.officer.deliver(&app.db, stored).await {
        Ok(receipt) => Ok(receipt.is_applied()),
        Err(Fault::Refused(refusal)) if is_renewable(&purpose) => {
            tracing::info!(%purpose, code = refusal.code(), "stored transaction is void; making a new one");
            let tx =
                SignedTx::from_wire(&wire).map_err(|_| Fault::Internal("a stored transaction is damaged"))?;
            let receipt = app.officer.execute(&app.db, purpose, tx.transaction().call.clone()).await?;
            Ok(receipt.is_applied())
        }
        Err(Fault::Refused(refusal)) => {
            tracing::info!(%purpose, code = refusal.code(), "stored transaction is void");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
