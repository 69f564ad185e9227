//! Sessions of the wallet. A session shows; it cannot spend: that takes the device's key.

use dure_db::{
    DbConnection, DbError, device_choices,
    devices::{self, Device, OwnerClass},
    now_ms, sessions,
};
use dure_score::{PublicKey, Signature};
use dure_service::ServiceError;

use crate::{
    app::App,
    challenge::{self, Place},
    fault::Fault,
};

/// The sessions table's name for ours.
pub const APP: &str = "wallet";
/// A week: people look at their balance without a PIN, a lost phone forgets them soon.
pub const LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// A session that is in use is written anew this often, ms: a write for every request would be wasted.
const WRITTEN_MS: i64 = 10_000;

/// Opens a session for a device; answers its token. Where the person wants the screen to lock, it lives from use to use.
pub async fn open(app: &App, device: &Device) -> Result<String, Fault> {
    let (owner, certificate) = (device.owner.clone(), device.certificate.clone());
    let make = move |c: &mut DbConnection| {
        let rest = device_choices::of(c, &certificate)?.lock_after_ms;
        let life = if rest > 0 { rest } else { LIFE_MS };
        sessions::create(c, APP, &owner, &certificate, now_ms(), life)
    };
    Ok(app.db.run::<_, DbError, _>(make).await?)
}

/// Opens a session for a device whose key has signed the challenge; answers its token.
pub async fn open_by_key(
    app: &App,
    certificate: String,
    challenge: String,
    signature: &Signature,
) -> Result<String, Fault> {
    let message = Place::Session.message(&app.chain, &challenge);
    challenge::take(app, Place::Session, challenge).await?;
    let device = app.db.run::<_, DbError, _>(move |c| devices::find(c, &certificate)).await?;
    let device = device
        .filter(|device| device.owner_class == OwnerClass::Person)
        .ok_or(ServiceError::UnknownDevice)?;
    let stored = serde_json::Value::String(device.public_key.clone());
    let key: PublicKey = serde_json::from_value(stored).map_err(|_| Fault::Internal("a stored key"))?;
    if !key.verify(&message, signature) {
        return Err(ServiceError::UnknownDevice.into());
    }
    // The fifth wrong PIN ends the device for its key, too.
    if device.revoked_at.is_some() || device.pin_share.is_none() {
        return Err(ServiceError::PinLocked.into());
    }
    open(app, &device).await
}

/// The living session of a token; using it keeps it alive where it locks by itself.
pub async fn find(app: &App, token: String) -> Result<Option<sessions::Session>, Fault> {
    let look = move |c: &mut DbConnection| {
        let now = now_ms();
        let Some(session) = sessions::find(c, APP, &token, now)? else { return Ok(None) };
        let rest = device_choices::of(c, &session.certificate)?.lock_after_ms;
        let ends = now.saturating_add(if rest > 0 { rest } else { LIFE_MS });
        let longest = session.created_at.saturating_add(LIFE_MS);
        let wanted = if rest > 0 { ends.min(longest) } else { longest };
        if wanted.abs_diff(session.expires_at) > WRITTEN_MS.unsigned_abs() {
            sessions::extend(c, APP, &token, wanted)?;
        }
        Ok(Some(session))
    };
    Ok(app.db.run::<_, DbError, _>(look).await?)
}

/// Ends the session of a token.
pub async fn end(app: &App, token: String) -> Result<(), Fault> {
    app.db.run::<_, DbError, _>(move |c| sessions::end(c, APP, &token)).await?;
    Ok(())
}
