//! The PIN share: given out for a right proof, destroyed at the fifth wrong one in a row. A try is counted before it is looked at,
//! so that guesses made at once count too.
//!
//! Several processes may judge the same device. In one process a device's tries take turns. Between processes the time of the
//! last try decides: while it may still be looked at ([`LAST_TRY_MS`]) nobody ends the device for it.

use std::{sync::Arc, time::Duration};

use dure_db::{
    Db, DbConnection, DbError,
    devices::{self, Device, OwnerClass, PIN_TRIES},
    now_ms, outgoing, sessions,
};
use tokio::{
    sync::{Mutex, Semaphore},
    task::spawn_blocking,
};

use super::{DeviceTag, PinProof, revoke, verifier};
use crate::{error::ServiceError, ledger::Officer};

/// How long a try may take from its count to its verdict, ms. The permit to hash is held before the count, so this is one hash and
/// one short write.
pub const LAST_TRY_MS: i64 = 3_000;
/// Hashes computed at once: each takes 19 MiB and a processor for a few hundredths of a second.
const HASHES_AT_ONCE: usize = 4;
/// Devices share these turns by their certificate; a few strangers that wait for each other do no harm.
const TURNS: usize = 64;
/// Devices whose last try was cut off, looked at in one pass; the rest waits for the next.
const EXHAUSTED: i64 = 200;

/// The PINs of one class's devices.
pub struct Pins {
    db: Db,
    officer: Arc<Officer>,
    class: OwnerClass,
    hashing: Semaphore,
    turns: [Mutex<()>; TURNS],
}

/// A device whose PIN was right, and its share.
#[derive(Debug)]
pub struct Unlocked {
    /// The device.
    pub device: Device,
    /// The share, 64 hex digits.
    pub share: String,
}

/// How a device without tries stands.
enum Standing {
    /// Its share is gone.
    Locked,
    /// Its last try may still be looked at, for so long.
    UnderWay(Duration),
    /// Its last try was cut off.
    CutOff,
    /// Its last try was right after all.
    Open,
}

impl Pins {
    /// The PINs of `class`; `officer` revokes what is locked.
    pub fn new(db: Db, officer: Arc<Officer>, class: OwnerClass) -> Self {
        let (hashing, turns) = (Semaphore::new(HASHES_AT_ONCE), [const { Mutex::const_new(()) }; TURNS]);
        Self { db, officer, class, hashing, turns }
    }

    /// Whose devices these are.
    pub const fn class(&self) -> OwnerClass {
        self.class
    }

    /// What to store for a new device's tag and PIN.
    pub async fn seal(&self, tag: DeviceTag, proof: PinProof) -> Result<String, ServiceError> {
        let _permit = self.permit().await?;
        apart(move || verifier::seal(tag, &proof)).await
    }

    /// True if the device is of this class, and this is its tag.
    pub fn is_own(&self, device: &Device, tag: DeviceTag) -> bool {
        device.owner_class == self.class && verifier::has_tag(&device.pin_verifier, tag)
    }

    /// Gives the share for a right proof. The fifth wrong one in a row destroys the share, ends the sessions and revokes the
    /// certificate on the ledger. Without the device's own tag there is no such device and no try is counted.
    pub async fn unlock(
        self: &Arc<Self>,
        certificate: String,
        tag: &str,
        proof: PinProof,
    ) -> Result<Unlocked, ServiceError> {
        let tag = DeviceTag::parse(tag).ok_or(ServiceError::UnknownDevice)?;
        let pins = Arc::clone(self);
        // A task of its own: a browser that goes away must not cut a try off between its count and its end.
        let trying = tokio::spawn(async move { pins.attempt(certificate, tag, proof).await });
        trying.await.map_err(|_| ServiceError::Internal("a PIN attempt was interrupted"))?
    }

    /// Locks the devices whose fifth wrong PIN was cut off before the lock: a process died. Their revocations are stored for
    /// the worker to send.
    pub async fn lock_cut_off(&self) -> Result<(), ServiceError> {
        let (class, before) = (self.class, now_ms().saturating_sub(LAST_TRY_MS));
        let exhausted =
            self.db.run::<_, DbError, _>(move |c| devices::exhausted(c, class, before, EXHAUSTED)).await?;
        for device in exhausted {
            let _turn = self.turn(&device.certificate)?.lock().await;
            self.lock(device.certificate, before).await?;
        }
        Ok(())
    }

    async fn attempt(
        &self,
        certificate: String,
        tag: DeviceTag,
        proof: PinProof,
    ) -> Result<Unlocked, ServiceError> {
        self.find(&certificate)
            .await?
            .filter(|known| self.is_own(known, tag))
            .ok_or(ServiceError::UnknownDevice)?;
        let turn = self.turn(&certificate)?.lock().await;
        let permit = self.permit().await?;
        let name = certificate.clone();
        let begun = self.db.run::<_, DbError, _>(move |c| devices::begin_try(c, &name, now_ms())).await?;
        let locked_by = match begun {
            Some(devices::Try { device, share, tries_left }) => {
                let (stored, class) = (device.pin_verifier.clone(), self.class);
                let right = apart(move || verifier::has_proof(&stored, class, &proof)).await?;
                drop(permit);
                if right {
                    return self.open(device, share).await;
                }
                if tries_left > 0 {
                    let tries_left = u32::try_from(tries_left).unwrap_or(0);
                    return Err(ServiceError::PinWrong { tries_left });
                }
                now_ms()
            }
            None => {
                drop(permit);
                self.wait_for_the_last_try(&certificate).await?
            }
        };
        let revocation = self.lock(certificate, locked_by).await?;
        drop(turn);
        if let Some(revocation) = revocation
            && let Err(error) = self.officer.deliver(revocation).await
        {
            tracing::warn!(code = error.code(), "a revocation waits for the ledger: {error}");
        }
        Err(ServiceError::PinLocked)
    }

    async fn open(&self, device: Device, share: String) -> Result<Unlocked, ServiceError> {
        let name = device.certificate.clone();
        let opened = self.db.run::<_, DbError, _>(move |c| devices::right_pin(c, &name, now_ms())).await?;
        if opened { Ok(Unlocked { device, share }) } else { Err(ServiceError::PinLocked) }
    }

    /// No try is left: waits until the last one has its verdict, or cannot get one any more. Answers the time before which it
    /// began; an error if there is nothing to lock.
    async fn wait_for_the_last_try(&self, certificate: &str) -> Result<i64, ServiceError> {
        loop {
            match self.standing(certificate).await? {
                Standing::Locked => return Err(ServiceError::PinLocked),
                Standing::Open => return Err(ServiceError::TooManyRequests { retry_after_s: 1 }),
                Standing::UnderWay(rest) => tokio::time::sleep(rest).await,
                Standing::CutOff => return Ok(now_ms().saturating_sub(LAST_TRY_MS)),
            }
        }
    }

    async fn standing(&self, certificate: &str) -> Result<Standing, ServiceError> {
        let device = self.find(certificate).await?.ok_or(ServiceError::UnknownDevice)?;
        let ends = device.tried_at.saturating_add(LAST_TRY_MS);
        let rest = u64::try_from(ends.saturating_sub(now_ms())).unwrap_or(0);
        Ok(match device.pin_share {
            None => Standing::Locked,
            Some(_) if device.revoked_at.is_some() => Standing::Locked,
            Some(_) if device.wrong_pins < PIN_TRIES => Standing::Open,
            // A clock that was set back must not make anybody wait for ever.
            Some(_) if rest > 0 && rest <= LAST_TRY_MS.unsigned_abs() => {
                Standing::UnderWay(Duration::from_millis(rest))
            }
            Some(_) => Standing::CutOff,
        })
    }

    /// Locks a device that is out of tries since `by` or longer, unless it is locked already. Share, sessions and the revocation
    /// to be sent are one SQL transaction: nothing is forgotten if we die here. Send what it answers, or leave that to the worker.
    async fn lock(&self, certificate: String, by: i64) -> Result<Option<outgoing::Outgoing>, ServiceError> {
        let call = revoke::revoke_call(&certificate)?;
        let officer = Arc::clone(&self.officer);
        let locking = move |c: &mut DbConnection| {
            let spent = |device: &Device| {
                device.wrong_pins >= PIN_TRIES && device.pin_share.is_some() && device.tried_at <= by
            };
            if !devices::find(c, &certificate)?.as_ref().is_some_and(spent) {
                return Ok((false, None));
            }
            devices::lock(c, &certificate, now_ms())?;
            sessions::end_for_certificate(c, &certificate)?;
            // Without the nonces of the ledger the worker makes the revocation as soon as it has them.
            let stored = officer
                .is_synchronised()
                .then(|| officer.prepare(c, &revoke::revoke_purpose(&certificate), call));
            Ok((true, stored.transpose()?))
        };
        let (locked, outgoing) = self.db.transaction::<_, DbError, _>(locking).await?;
        if locked {
            metrics::counter!("dure_pin_locked_total").increment(1);
        }
        Ok(outgoing)
    }

    async fn find(&self, certificate: &str) -> Result<Option<Device>, ServiceError> {
        let name = certificate.to_owned();
        Ok(self.db.run::<_, DbError, _>(move |c| devices::find(c, &name)).await?)
    }

    fn turn(&self, certificate: &str) -> Result<&Mutex<()>, ServiceError> {
        let digest =
            certificate.bytes().fold(0usize, |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(b)));
        self.turns.get(digest % TURNS).ok_or(ServiceError::Internal("a device has no turn"))
    }

    async fn permit(&self) -> Result<tokio::sync::SemaphorePermit<'_>, ServiceError> {
        self.hashing.acquire().await.map_err(|_| ServiceError::Internal("hashing has stopped"))
    }
}

/// Runs a hash away from the async threads.
async fn apart<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    spawn_blocking(job).await.map_err(|_| ServiceError::Internal("hashing was interrupted"))?
}
