//! Who is signed in on which device.

use dure_db::{
    DbConnection, DbError,
    merchants::{self, Merchant},
    sessions,
};
use dure_score::{Bid, CertId};

use crate::{clock::now_ms, error::PosError};

const APP: &str = "till";
/// A working day with its evening: in the morning the till asks for the PIN again.
pub const SESSION_LIFE_MS: i64 = 16 * 3_600_000;

/// A signed-in device of a shop.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The shop.
    pub shop: Merchant,
    /// Its BID.
    pub bid: Bid,
    /// The device's certificate.
    pub certificate: CertId,
}

/// Opens a session; answers its token.
pub fn open(connection: &mut DbConnection, owner: &str, certificate: &str) -> Result<String, DbError> {
    sessions::create(connection, APP, owner, certificate, now_ms(), SESSION_LIFE_MS)
}

/// Whose session `token` is.
pub fn who(connection: &mut DbConnection, token: &str) -> Result<SignedIn, PosError> {
    let session = sessions::find(connection, APP, token, now_ms())?.ok_or(PosError::NotSignedIn)?;
    let shop = merchants::by_bid(connection, &session.owner)?.ok_or(PosError::NotSignedIn)?;
    let bid = session.owner.parse().map_err(|_| DbError::Corrupt("session's owner"))?;
    let certificate = session.certificate.parse().map_err(|_| DbError::Corrupt("session's certificate"))?;
    Ok(SignedIn { shop, bid, certificate })
}

/// Ends a session; ending one that is over is fine.
pub fn end(connection: &mut DbConnection, token: &str) -> Result<(), DbError> {
    sessions::end(connection, APP, token).map(|_| ())
}
