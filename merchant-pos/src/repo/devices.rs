//! Devices whose last PIN try was cut off before its outcome was written down.

use diesel::prelude::*;
use dure_db::{DbConnection, DbError, devices::PIN_TRIES, merchants, schema::devices as t};

/// Certificates of shops' devices that are out of tries and still have their share.
pub fn out_of_tries(connection: &mut DbConnection) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String, String)> = t::table
        .filter(t::wrong_pins.ge(PIN_TRIES))
        .filter(t::pin_share.is_not_null())
        .select((t::owner, t::certificate))
        .load(connection)?;
    let mut shops = Vec::new();
    for (owner, certificate) in rows {
        // The wallet looks after citizens' devices.
        if merchants::by_bid(connection, &owner)?.is_some() {
            shops.push(certificate);
        }
    }
    Ok(shops)
}
