//! Sessions of the wallet. A session shows; it cannot spend: that takes the device's key.

use dure_db::{DbError, devices::Device, now_ms, sessions};

use crate::{app::App, fault::Fault};

/// The sessions table's name for ours.
pub const APP: &str = "wallet";
/// A week: people look at their balance without a PIN, a lost phone forgets them soon.
pub const LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Opens a session for a device; answers its token.
pub async fn open(app: &App, device: &Device) -> Result<String, Fault> {
    let (owner, certificate) = (device.owner.clone(), device.certificate.clone());
    let make = move |c: &mut dure_db::DbConnection| {
        sessions::create(c, APP, &owner, &certificate, now_ms(), LIFE_MS)
    };
    Ok(app.db.run::<_, DbError, _>(make).await?)
}

/// The living session of a token.
pub async fn find(app: &App, token: String) -> Result<Option<sessions::Session>, Fault> {
    Ok(app.db.run::<_, DbError, _>(move |c| sessions::find(c, APP, &token, now_ms())).await?)
}

/// Ends the session of a token.
pub async fn end(app: &App, token: String) -> Result<(), Fault> {
    app.db.run::<_, DbError, _>(move |c| sessions::end(c, APP, &token)).await?;
    Ok(())
}
