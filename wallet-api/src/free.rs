//! Small payments without a PIN, for whoever has chosen so: for five minutes after a right PIN the server gives the share
//! again by itself, and until the next PIN it passes on no larger payment from that device.

use std::sync::Arc;

use dure_db::{DbConnection, DbError, device_choices, devices, now_ms, sessions};
use dure_score::call::Call;
use dure_service::device::{DeviceTag, PinProof};

use crate::{app::App, fault::Fault, session};

/// How long after a right PIN, ms.
pub const WINDOW_MS: i64 = 5 * 60 * 1000;
/// Most that anybody may choose, minor units: what a person has in a purse.
pub const MOST: i64 = 100_000;
/// Rests after which a screen may lock, ms.
pub const RESTS: [i64; 4] = [0, 60_000, 5 * 60_000, 15 * 60_000];

/// The share for the session's own device, without a PIN.
pub async fn share(app: &App, certificate: String, tag: String) -> Result<String, Fault> {
    let Some(tag) = DeviceTag::parse(&tag) else { return Err(Fault::PinNeeded) };
    let pins = app.pins.clone();
    let own = move |device: &devices::Device| pins.is_own(device, tag);
    let given = app.db.transaction::<_, DbError, _>(move |c| give(c, &certificate, own, now_ms()));
    given.await?.ok_or(Fault::PinNeeded)
}

fn give(
    c: &mut DbConnection,
    certificate: &str,
    own: impl Fn(&devices::Device) -> bool,
    now: i64,
) -> Result<Option<String>, DbError> {
    let Some(device) = devices::find(c, certificate)? else { return Ok(None) };
    let choices = device_choices::of(c, certificate)?;
    let recent = now.saturating_sub(device.last_used_at) <= WINDOW_MS;
    // A wrong PIN since the right one: somebody else may be holding the phone.
    let calm = device.wrong_pins == 0 && device.revoked_at.is_none();
    if choices.free_amount == 0 || !recent || !own(&device) || !calm {
        return Ok(None);
    }
    device_choices::freed(c, certificate, now)?;
    Ok(device.pin_share)
}

/// Refuses to pass on more than the device pays without a PIN, if its share was given without one.
pub async fn check(app: &App, certificate: &str, call: &Call) -> Result<(), Fault> {
    let certificate = certificate.to_owned();
    let known = app
        .db
        .run::<_, DbError, _>(move |c| {
            Ok((devices::find(c, &certificate)?, device_choices::of(c, &certificate)?))
        })
        .await?;
    let (Some(device), choices) = known else { return Ok(()) };
    let freed = choices.freed_at > device.last_used_at;
    if freed && !is_small(call, choices.free_amount) { Err(Fault::PinNeeded) } else { Ok(()) }
}

/// Payments and transfers up to the limit; and a freeze, which harms nobody's money and cannot wait.
fn is_small(call: &Call, limit: i64) -> bool {
    let amount = match call {
        Call::TokenPay(call) => call.amount,
        Call::TokenTransfer(call) => call.amount,
        Call::AccountFreeze(_) => return true,
        _ => return false,
    };
    i64::try_from(amount.get()).is_ok_and(|amount| amount <= limit)
}

/// A PIN's proof, as a device makes it.
#[derive(Debug)]
pub struct Proof {
    /// Digest of the device's salt, base64.
    pub device_tag: String,
    /// Derived from the PIN.
    pub proof: String,
}

/// Keeps a person's choices for their device. What makes it easier to spend or to look takes the PIN, entered for this.
pub async fn choose(
    app: &Arc<App>,
    certificate: &str,
    (free_amount, lock_after_ms): (i64, i64),
    proof: Option<Proof>,
) -> Result<(), Fault> {
    if !(0..=MOST).contains(&free_amount) {
        return Err(Fault::BadField { field: "free_amount", reason: "0 to 100000" });
    }
    if !RESTS.contains(&lock_after_ms) {
        return Err(Fault::BadField { field: "lock_after_ms", reason: "0, 60000, 300000 or 900000" });
    }
    let certificate = certificate.to_owned();
    let proven = match proof {
        Some(Proof { device_tag, proof }) => {
            let proof = PinProof::parse("proof", &proof)?;
            app.pins.unlock(certificate.clone(), &device_tag, proof).await?;
            true
        }
        None => false,
    };
    app.db
        .transaction::<_, Fault, _>(move |c| {
            let former = device_choices::of(c, &certificate)?;
            let rest = |ms: i64| if ms == 0 { i64::MAX } else { ms };
            let looser = free_amount > former.free_amount || rest(lock_after_ms) > rest(former.lock_after_ms);
            if looser && !proven {
                return Err(Fault::PinNeeded);
            }
            if lock_after_ms > 0 {
                sessions::cap(c, session::APP, &certificate, now_ms().saturating_add(lock_after_ms))?;
            }
            Ok(device_choices::set(c, &device_choices::Choices { free_amount, lock_after_ms, ..former })?)
        })
        .await
}
