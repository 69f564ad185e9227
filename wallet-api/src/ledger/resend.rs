//! Sends again what was stored and not answered: after a crash, a lost link, or a ledger that was away. Also finishes
//! locks that were cut off, and sees to it that every locked device is revoked.

use std::time::Duration;

use dure_db::devices::OwnerClass;
use dure_service::device::Revocations;

use super::purpose::must_happen;
use crate::app::App;

/// Pause between rounds. A request tries at once by itself; this is for what it could not finish.
const PAUSE: Duration = Duration::from_secs(15);
/// Transactions a round; the rest waits for the next.
const BATCH: i64 = 50;

/// Runs for ever; the first round is at once.
pub async fn resend(app: &App) {
    let mut revocations = revocations(app);
    loop {
        round(app, &mut revocations).await;
        tokio::time::sleep(PAUSE).await;
    }
}

/// The revocations of people's devices.
pub fn revocations(app: &App) -> Revocations {
    let ledger = std::sync::Arc::new(app.client.clone());
    Revocations::new(app.db.clone(), ledger, app.officer.clone(), OwnerClass::Person)
}

/// One round. What fails is told and left for the next; nothing waits for it.
pub async fn round(app: &App, revocations: &mut Revocations) {
    if let Err(error) = app.pins.lock_cut_off().await {
        tracing::warn!(code = error.code(), "devices out of tries could not be locked: {error}");
    }
    if let Err(error) = app.officer.resend(BATCH, must_happen).await {
        tracing::warn!(code = error.code(), "stored transactions could not be read: {error}");
    }
    if let Err(error) = revocations.pass().await {
        tracing::warn!(code = error.code(), "locked devices could not be read: {error}");
    }
}
