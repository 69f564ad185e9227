//! PIN proofs: what the browser derives from the PIN is hashed again here, so that neither a stolen table nor a stolen
//! phone alone allows guessing.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use dure_db::{DbError, devices, sessions};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::{app::App, fault::Fault, ledger};

/// Shortest and longest proof, characters: 32 bytes in base64 make 43 or 44.
const PROOF_CHARS: std::ops::RangeInclusive<usize> = 20..=128;
/// Hashes computed at once: each takes 19 MiB and a processor for a few hundredths of a second.
static HASHING: Semaphore = Semaphore::const_new(4);

/// Refuses what cannot be a proof.
pub fn check_form(proof: &str) -> Result<(), Fault> {
    let good = PROOF_CHARS.contains(&proof.len()) && proof.bytes().all(|byte| byte.is_ascii_graphic());
    if good { Ok(()) } else { Err(Fault::BadField { field: "proof", reason: "a PIN proof in base64" }) }
}

/// The hash to store (PHC string).
pub async fn hash(proof: String) -> Result<String, Fault> {
    on_a_thread(move || Argon2::default().hash_password(proof.as_bytes()).map(|hash| hash.to_string()))
        .await?
        .map_err(|_| Fault::Internal("a PIN could not be hashed"))
}

async fn matches(proof: String, stored: String) -> Result<bool, Fault> {
    on_a_thread(move || {
        let parsed = PasswordHash::new(&stored)?;
        Ok::<bool, argon2::password_hash::phc::Error>(
            Argon2::default().verify_password(proof.as_bytes(), &parsed).is_ok(),
        )
    })
    .await?
    .map_err(|_| Fault::Internal("a stored PIN hash is damaged"))
}

async fn on_a_thread<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let _permit = HASHING.acquire().await.map_err(|_| Fault::Internal("hashing has stopped"))?;
    spawn_blocking(job).await.map_err(|_| Fault::Internal("hashing was interrupted"))
}

/// A device whose PIN was right, and its share.
#[derive(Debug)]
pub struct Unlocked {
    /// The device.
    pub device: devices::Device,
    /// The share, 64 hex digits.
    pub share: String,
}

/// Gives the share for a right proof. The fifth wrong one in a row destroys the share, ends the sessions and revokes the
/// certificate on the ledger.
pub async fn unlock(app: &App, certificate: String, proof: String) -> Result<Unlocked, Fault> {
    check_form(&proof)?;
    let name = certificate.clone();
    let attempt = app
        .db
        .run::<_, DbError, _>(move |c| match devices::find(c, &name)? {
            // The till's devices are the till's business.
            Some(device) if device.role == "holder" => Ok(Some(devices::begin_try(c, &name)?)),
            _ => Ok(None),
        })
        .await?;
    let attempt = attempt.ok_or(Fault::UnknownDevice)?.ok_or(Fault::PinLocked)?;
    if matches(proof, attempt.device.pin_verifier.clone()).await? {
        app.db.run::<_, DbError, _>(move |c| devices::right_pin(c, &certificate, dure_db::now_ms())).await?;
        return Ok(Unlocked { device: attempt.device, share: attempt.share });
    }
    if attempt.tries_left > 0 {
        return Err(Fault::PinWrong { tries_left: attempt.tries_left });
    }
    lock(app, certificate).await?;
    Err(Fault::PinLocked)
}

/// Share, sessions and the revocation to be sent are one SQL transaction: nothing is forgotten if we die here. Sending
/// is tried at once and, if the ledger cannot be reached, again by the worker.
async fn lock(app: &App, certificate: String) -> Result<(), Fault> {
    let call = ledger::revoke_call(&certificate)?;
    let officer = app.officer.clone();
    let purpose = ledger::revoke_purpose(&certificate);
    let outgoing = app
        .db
        .transaction::<_, DbError, _>(move |c| {
            devices::lock(c, &certificate, dure_db::now_ms())?;
            sessions::end_for_certificate(c, &certificate)?;
            officer.prepare(c, &purpose, call)
        })
        .await?;
    metrics::counter!("wallet_pin_locked_total").increment(1);
    if let Err(error) = app.officer.deliver(&app.db, outgoing).await {
        tracing::warn!(code = error.code(), "a revocation waits for the ledger");
    }
    Ok(())
}
