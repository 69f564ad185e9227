//! Tickets: what a proven shop holds until its key is certified. One ticket makes one device: the first key that is handed in
//! claims it, and no other key may use it. Run each of these in a transaction of its own or of what goes with it.

use dure_db::{DbConnection, DbError, devices};
use dure_score::record::Role;

use crate::{clock::now_ms, error::PosError, repo::tickets};

/// The role's name in the database and in JSON.
pub(super) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Holder => "holder",
        Role::Staff => "staff",
        Role::Officer => "officer",
        Role::Terminal => "terminal",
    }
}

/// The role of that name, if a till may have it.
pub(super) fn till_role(name: &str) -> Result<Role, PosError> {
    match name {
        "holder" => Ok(Role::Holder),
        "terminal" => Ok(Role::Terminal),
        _ => Err(DbError::Corrupt("role of a till").into()),
    }
}

/// Makes a ticket for `shop`; answers it with the role of the device to come.
pub(super) fn open(connection: &mut DbConnection, shop: &str) -> Result<(String, Role), PosError> {
    let role = if has_owner(connection, shop)? { Role::Terminal } else { Role::Holder };
    Ok((tickets::open(connection, shop, role_name(role), now_ms())?, role))
}

/// The shop and the role of a living ticket.
pub(super) fn read(connection: &mut DbConnection, ticket: &str) -> Result<(String, Role), PosError> {
    let found = tickets::find(connection, ticket, now_ms())?.ok_or(PosError::TicketExpired)?;
    let role = till_role(found.role())?;
    Ok((found.shop, role))
}

/// Keeps the ticket for `certificate` alone. The same certificate may claim it again. A shop's
/// first device is claimed by one certificate at a time, however many tickets say so.
pub(super) fn claim(connection: &mut DbConnection, ticket: &str, certificate: &str) -> Result<(), PosError> {
    let now = now_ms();
    let found = tickets::find(connection, ticket, now)?.ok_or(PosError::TicketExpired)?;
    // One claim of a shop at a time; what another has claimed while we waited for the lock must be seen.
    tickets::lock_shop(connection, &found.shop)?;
    let found = tickets::find(connection, ticket, now)?.ok_or(PosError::TicketExpired)?;
    let role = till_role(found.role())?;
    match found.claimant() {
        Some(claimant) if claimant == certificate => return Ok(()),
        Some(_) => return Err(PosError::TicketExpired),
        None => {}
    }
    let taken = role == Role::Holder
        && (has_owner(connection, &found.shop)?
            || tickets::is_role_claimed(connection, &found.shop, found.role(), now)?);
    if taken || !tickets::claim(connection, &found, certificate)? {
        return Err(PosError::TicketExpired);
    }
    Ok(())
}

/// Gives a claim back: the ledger has refused the certificate, so another key may try.
pub(super) fn release(
    connection: &mut DbConnection,
    ticket: &str,
    certificate: &str,
) -> Result<(), PosError> {
    match tickets::find(connection, ticket, now_ms())? {
        Some(found) if found.claimant() == Some(certificate) => Ok(tickets::release(connection, &found)?),
        _ => Ok(()),
    }
}

/// Ends the ticket that `certificate` has claimed; false if it has ended or is not this certificate's.
pub(super) fn close(
    connection: &mut DbConnection,
    ticket: &str,
    certificate: &str,
) -> Result<bool, PosError> {
    let found = tickets::find(connection, ticket, now_ms())?;
    let own = found.is_some_and(|found| found.claimant() == Some(certificate));
    Ok(own && tickets::end(connection, ticket)?)
}

fn has_owner(connection: &mut DbConnection, shop: &str) -> Result<bool, DbError> {
    let devices = devices::of_owner(connection, shop)?;
    Ok(devices.iter().any(|device| device.role == role_name(Role::Holder) && device.revoked_at.is_none()))
}
