//! Sends again what was stored and not answered: after a crash, a lost link, or a ledger that was away.

use std::time::Duration;

use dure_db::{DbError, outgoing};
use dure_score::SignedTx;

use crate::{app::App, fault::Fault, ledger::is_renewable};

/// Pause between rounds. A request tries at once by itself; this is for what it could not finish.
const PAUSE: Duration = Duration::from_secs(15);
/// Transactions a round; the rest waits for the next.
const BATCH: i64 = 50;

/// Runs for ever.
pub async fn resend(app: &App) {
    loop {
        tokio::time::sleep(PAUSE).await;
        if let Err(error) = round(app).await {
            tracing::warn!(code = error.code(), "stored transactions could not be sent: {error}");
        }
    }
}

async fn round(app: &App) -> Result<(), Fault> {
    let signer = app.officer.certificate().to_string();
    let pending = app.db.run::<_, DbError, _>(move |c| outgoing::pending(c, &signer, BATCH)).await?;
    for stored in pending {
        let (purpose, wire) = (stored.purpose.clone(), stored.wire.clone());
        match app.officer.deliver(&app.db, stored).await {
            Ok(receipt) => {
                tracing::info!(%purpose, applied = receipt.is_applied(), "stored transaction answered")
            }
            Err(Fault::Refused(refusal)) if is_renewable(&purpose) => {
                tracing::info!(%purpose, code = refusal.code(), "stored transaction is void; making a new one");
                let tx = SignedTx::from_wire(&wire)
                    .map_err(|_| Fault::Internal("a stored transaction is damaged"))?;
                app.officer.execute(&app.db, purpose, tx.transaction().call.clone()).await?;
            }
            Err(Fault::Refused(refusal)) => {
                tracing::info!(%purpose, code = refusal.code(), "stored transaction is void");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
