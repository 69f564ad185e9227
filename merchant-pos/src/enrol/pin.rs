//! The PIN share: given out for a right proof, destroyed at the fifth wrong one in a row. A try is counted before it is
//! looked at, so that guesses made at once count too.

use std::time::Duration;

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_db::{
    DbConnection,
    devices::{self, PIN_TRIES, Try},
    merchants, sessions,
};

use super::tag::DeviceTag;
use crate::{clock::now_ms, error::PosError, metrics, repo::devices::out_of_tries, till::Till};

/// Bytes of a PIN proof: PBKDF2-SHA256 gives 32; room for another hash later.
const PROOF_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// How long a last try may take to be looked at: a hash takes some tens of milliseconds, and a few may wait before it.
const LAST_TRY: Duration = Duration::from_secs(2);

/// What a try meets.
enum Begun {
    /// It counts, and may be looked at: with the hash of the right proof.
    Counted(Box<Try>, String),
    /// No try is left.
    Spent,
}

/// How a device without tries stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Its share is gone.
    Locked,
    /// Out of tries, with its share: the last try is being looked at, or was cut off.
    Undecided,
    /// Its last try was right after all.
    Open,
}

/// The share of `certificate`, for a right proof, with the owner's BID. Without the device's `tag` no try is counted.
pub async fn unlock(
    till: &Till,
    certificate: &str,
    tag: &str,
    proof: &str,
) -> Result<(String, String), PosError> {
    let proof = parse_proof(proof)?;
    let tag = DeviceTag::parse(tag).ok_or(PosError::UnknownDevice)?;
    let name = certificate.to_owned();
    let (attempt, verifier) =
        match till.db.transaction(move |connection| begin(connection, &name, tag)).await? {
            Begun::Counted(attempt, verifier) => (*attempt, verifier),
            Begun::Spent => return Err(spent(till, certificate).await?),
        };
    let right = verify(till, verifier, proof).await?;
    let Try { device, share, tries_left } = attempt;
    if right {
        let owner = device.owner.clone();
        till.db.run(move |connection| devices::right_pin(connection, &device.certificate, now_ms())).await?;
        return Ok((share, owner));
    }
    if tries_left > 0 {
        return Err(PosError::PinWrong { tries_left: u32::try_from(tries_left).unwrap_or(0) });
    }
    lock(till, device.certificate).await?;
    Err(PosError::PinLocked)
}

/// Locks what the process's former life left out of tries but not locked. Call it before the first try is taken.
pub async fn finish_locks(till: &Till) -> Result<(), PosError> {
    for certificate in till.db.run(|connection| out_of_tries(connection).map_err(PosError::from)).await? {
        lock(till, certificate).await?;
    }
    Ok(())
}

fn begin(connection: &mut DbConnection, certificate: &str, tag: DeviceTag) -> Result<Begun, PosError> {
    let device = devices::find(connection, certificate)?.ok_or(PosError::UnknownDevice)?;
    // Citizens' devices are kept in the same table and are no business of a till.
    merchants::by_bid(connection, &device.owner)?.ok_or(PosError::UnknownDevice)?;
    let verifier = tag.open(&device.pin_verifier).ok_or(PosError::UnknownDevice)?.to_owned();
    let attempt = devices::begin_try(connection, certificate)?;
    Ok(attempt.map_or(Begun::Spent, |attempt| Begun::Counted(Box::new(attempt), verifier)))
}

/// What to answer when no try is left. A last try that was cut off is a wrong one; one that is being looked at is not cut off.
async fn spent(till: &Till, certificate: &str) -> Result<PosError, PosError> {
    let look = || {
        let name = certificate.to_owned();
        till.db.run(move |connection| standing(connection, &name))
    };
    if look().await? == Standing::Undecided {
        tokio::time::sleep(LAST_TRY).await;
        if look().await? == Standing::Undecided {
            lock(till, certificate.to_owned()).await?;
        }
    }
    match look().await? {
        Standing::Open => Ok(PosError::TooManyRequests { seconds: 1 }),
        Standing::Locked | Standing::Undecided => Ok(PosError::PinLocked),
    }
}

fn standing(connection: &mut DbConnection, certificate: &str) -> Result<Standing, PosError> {
    let device = devices::find(connection, certificate)?.ok_or(PosError::UnknownDevice)?;
    Ok(match device.pin_share {
        None => Standing::Locked,
        Some(_) if device.wrong_pins >= PIN_TRIES => Standing::Undecided,
        Some(_) => Standing::Open,
    })
}

/// Destroys the share of a device that is out of tries and ends its sessions; the ledger is told soon. One whose last try was
/// found right meanwhile stays as it is.
async fn lock(till: &Till, certificate: String) -> Result<(), PosError> {
    let job = move |connection: &mut DbConnection| {
        if standing(connection, &certificate)? != Standing::Undecided {
            return Ok::<_, PosError>(false);
        }
        sessions::end_for_certificate(connection, &certificate)?;
        Ok(devices::lock(connection, &certificate, now_ms())?)
    };
    if till.db.transaction(job).await? {
        metrics::locked();
        till.revocations.notify_one();
    }
    Ok(())
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
