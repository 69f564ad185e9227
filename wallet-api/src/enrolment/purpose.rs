//! Under which names the codes and tickets of an enrolment are kept.

/// Purpose of the one-time codes.
pub(super) const CODE_PURPOSE: &str = "wallet.enrol";
/// The sessions table's name for tickets.
pub(super) const TICKET_APP: &str = "wallet.ticket";
