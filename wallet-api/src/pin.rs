//! PIN proofs: what the browser derives from the PIN is hashed again here, so that neither a stolen table nor a stolen
//! phone alone allows guessing.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use dure_db::{DbError, devices, outgoing, sessions};
use tokio::{
    sync::{Mutex, Semaphore},
    task::spawn_blocking,
};

use crate::{app::App, device_tag, fault::Fault, ledger};

/// The role of citizens' devices. The till's are the till's business.
pub const ROLE: &str = "holder";
/// Shortest and longest proof, characters: 32 bytes in base64 make 43 or 44.
const PROOF_CHARS: std::ops::RangeInclusive<usize> = 20..=128;
/// Hashes computed at once: each takes 19 MiB and a processor for a few hundredths of a second.
static HASHING: Semaphore = Semaphore::const_new(4);
/// Devices share these turns by their certificate; a few strangers that wait for each other do no harm.
const TURNS: usize = 64;
static TURN: [Mutex<()>; TURNS] = [const { Mutex::const_new(()) }; TURNS];
/// Devices whose last try was cut off, looked at in one pass; the rest waits for the next.
const EXHAUSTED: i64 = 200;

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
        let parsed = PasswordHash::new(device_tag::hash_in(&stored))?;
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
/// certificate on the ledger. Without the device's own tag there is no such device and no try is counted.
pub async fn unlock(
    app: &Arc<App>,
    certificate: String,
    tag: String,
    proof: String,
) -> Result<Unlocked, Fault> {
    check_form(&proof)?;
    let app = app.clone();
    // A task of its own: a browser that goes away must not cut a try off between its count and its end.
    let trying = tokio::spawn(async move { attempt(&app, certificate, tag, proof).await });
    trying.await.map_err(|_| Fault::Internal("a PIN attempt was interrupted"))?
}

async fn attempt(app: &App, certificate: String, tag: String, proof: String) -> Result<Unlocked, Fault> {
    let name = certificate.clone();
    let known = app.db.run::<_, DbError, _>(move |c| devices::find(c, &name)).await?;
    known
        .filter(|device| device.role == ROLE && device_tag::is_of(&tag, &device.pin_verifier))
        .ok_or(Fault::UnknownDevice)?;
    // One try of a device at a time: whoever finds it out of tries then knows that none is under way.
    let turn = turn(&certificate)?.lock().await;
    let name = certificate.clone();
    let begun = app.db.run::<_, DbError, _>(move |c| devices::begin_try(c, &name)).await?;
    if let Some(begun) = begun {
        if matches(proof, begun.device.pin_verifier.clone()).await? {
            let right = move |c: &mut _| devices::right_pin(c, &certificate, dure_db::now_ms());
            app.db.run::<_, DbError, _>(right).await?;
            return Ok(Unlocked { device: begun.device, share: begun.share });
        }
        if begun.tries_left > 0 {
            return Err(Fault::PinWrong { tries_left: begun.tries_left });
        }
    }
    let revocation = lock(app, certificate).await?;
    drop(turn);
    if let Some(revocation) = revocation
        && let Err(error) = app.officer.deliver(&app.db, revocation).await
    {
        tracing::warn!(code = error.code(), "a revocation waits for the ledger");
    }
    Err(Fault::PinLocked)
}

fn turn(certificate: &str) -> Result<&'static Mutex<()>, Fault> {
    let sum = certificate.bytes().fold(0usize, |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(b)));
    TURN.get(sum % TURNS).ok_or(Fault::Internal("a device has no turn"))
}

/// Locks a device that is out of tries, unless it is already locked. Share, sessions and the revocation to be sent are
/// one SQL transaction: nothing is forgotten if we die here. Call it in the device's turn; send what it answers, or leave
/// that to the worker.
async fn lock(app: &App, certificate: String) -> Result<Option<outgoing::Outgoing>, Fault> {
    let call = ledger::revoke_call(&certificate)?;
    let officer = app.officer.clone();
    let purpose = ledger::revoke_purpose(&certificate);
    let outgoing = app
        .db
        .transaction::<_, DbError, _>(move |c| {
            let spent = |device: &devices::Device| {
                device.wrong_pins >= devices::PIN_TRIES && device.pin_share.is_some()
            };
            if !devices::find(c, &certificate)?.as_ref().is_some_and(spent) {
                return Ok(None);
            }
            devices::lock(c, &certificate, dure_db::now_ms())?;
            sessions::end_for_certificate(c, &certificate)?;
            officer.prepare(c, &purpose, call).map(Some)
        })
        .await?;
    if outgoing.is_some() {
        metrics::counter!("wallet_pin_locked_total").increment(1);
    }
    Ok(outgoing)
}

/// Locks the devices whose fifth wrong PIN was cut off before the lock: the process died. Their revocations are stored
/// for the worker to send.
pub async fn lock_exhausted(app: &App) -> Result<(), Fault> {
    let exhausted = app.db.run::<_, DbError, _>(|c| devices::exhausted(c, EXHAUSTED)).await?;
    for device in exhausted.into_iter().filter(|device| device.role == ROLE) {
        let _turn = turn(&device.certificate)?.lock().await;
        lock(app, device.certificate).await?;
    }
    Ok(())
}
