//! The PIN share: given out for a right proof, destroyed at the fifth wrong one in a row. A try is counted before it is
//! looked at, so that guesses made at once count too.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_db::{
    DbConnection,
    devices::{self, Try},
    merchants, sessions,
};

use crate::{clock::now_ms, error::PosError, till::Till};

/// Bytes of a PIN proof: PBKDF2-SHA256 gives 32; room for another hash later.
const PROOF_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// The share of `certificate`, for a right proof, with the owner's BID.
pub async fn unlock(till: &Till, certificate: &str, proof: &str) -> Result<(String, String), PosError> {
    let proof = parse_proof(proof)?;
    let name = certificate.to_owned();
    let attempt = till.db.transaction(move |connection| begin(connection, &name)).await?;
    let right = verify(till, attempt.device.pin_verifier.clone(), proof).await?;
    let Try { device, share, tries_left } = attempt;
    if right {
        let owner = device.owner.clone();
        till.db.run(move |connection| devices::right_pin(connection, &device.certificate, now_ms())).await?;
        return Ok((share, owner));
    }
    if tries_left > 0 {
        return Err(PosError::PinWrong { tries_left: u32::try_from(tries_left).unwrap_or(0) });
    }
    let locked = till.db.transaction(move |connection| lock(connection, &device.certificate)).await?;
    if locked {
        till.metrics.locked();
        till.revocations.notify_one();
    }
    Err(PosError::PinLocked)
}

fn begin(connection: &mut DbConnection, certificate: &str) -> Result<Try, PosError> {
    let device = devices::find(connection, certificate)?.ok_or(PosError::UnknownDevice)?;
    // Citizens' devices are kept in the same table and are no business of a till.
    merchants::by_bid(connection, &device.owner)?.ok_or(PosError::UnknownDevice)?;
    devices::begin_try(connection, certificate)?.ok_or(PosError::PinLocked)
}

fn lock(connection: &mut DbConnection, certificate: &str) -> Result<bool, PosError> {
    sessions::end_for_certificate(connection, certificate)?;
    Ok(devices::lock(connection, certificate, now_ms())?)
}

/// The proof's bytes.
pub(super) fn parse_proof(text: &str) -> Result<Vec<u8>, PosError> {
    // Longer text cannot be a proof; not even decoded.
    let bytes = if text.len() <= 128 { STANDARD.decode(text).ok() } else { None };
    bytes.filter(|bytes| PROOF_BYTES.contains(&bytes.len())).ok_or(PosError::BadPinProof)
}

/// The verifier to store for a proof (Argon2id, PHC string).
pub(super) async fn hash(till: &Till, proof: Vec<u8>) -> Result<String, PosError> {
    apart(till, move || {
        let hash = Argon2::default().hash_password(&proof);
        hash.map(|hash| hash.to_string()).map_err(|_| PosError::Internal("a PIN proof that cannot be hashed"))
    })
    .await
}

async fn verify(till: &Till, verifier: String, proof: Vec<u8>) -> Result<bool, PosError> {
    apart(till, move || {
        let verifier =
            PasswordHash::new(&verifier).map_err(|_| PosError::Internal("a damaged PIN verifier"))?;
        Ok(Argon2::default().verify_password(&proof, &verifier).is_ok())
    })
    .await
}

/// Runs a hash away from the async threads, few at once.
async fn apart<T, F>(till: &Till, work: F) -> Result<T, PosError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, PosError> + Send + 'static,
{
    let stopping = PosError::Internal("its own end");
    let Ok(_permit) = till.hashing.acquire().await else { return Err(stopping) };
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(stopping))
}
