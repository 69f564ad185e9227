//! Every bound of the contract, with its reason.

/// A minute in milliseconds.
pub const MINUTE_MS: u64 = 60_000;
/// A day in milliseconds.
pub const DAY_MS: u64 = 24 * 60 * MINUTE_MS;
/// A transaction may be valid at most this long: after it, *not paid* is certain.
pub const MAX_VALIDITY_MS: u64 = 10 * MINUTE_MS;
/// A device certificate lives three years (identity rule of the domain).
pub const CERTIFICATE_LIFE_MS: u64 = 3 * 365 * DAY_MS;
/// A citizen may hold at most this many active device certificates.
pub const MAX_CITIZEN_DEVICES: usize = 5;
/// A merchant or an institution may hold more: tills, staff, officers. Bounds one record's size.
pub const MAX_ORGANISATION_DEVICES: usize = 64;
/// Lots in one account, and draws of one call. Bounds the work of a payment and the size of its receipt; lots with
/// equal attributes merge first.
pub const MAX_LOTS: usize = 64;
/// Lots that transfers may fill. The rest is kept for charges, bonuses and grants, so that nobody can lock an account
/// against its own deposits by sending it dust.
pub const MAX_LOTS_BY_TRANSFER: usize = 32;
/// Recipients of one grant: bounds the work of one transaction.
pub const MAX_GRANTS: usize = 100;
/// Members whose expired lots one transaction collects.
pub const MAX_EXPIRE: usize = 100;
/// Categories, regions or merchants named by one campaign.
pub const MAX_TERMS: usize = 64;
/// Largest single amount in minor units: one trillion won. Sums of up to a million of them fit i64.
pub const MAX_AMOUNT: u64 = 1_000_000_000_000;
/// A nonce may run ahead of the highest seen by at most this much, so that one mistake cannot use up the range.
pub const MAX_NONCE_JUMP: u64 = 1_000_000;
/// Largest signed transaction on the wire, in bytes: a full grant is about 3 KB.
pub const MAX_TX_BYTES: usize = 16 * 1024;
/// Open proposals of one institution: bounds what officers must read.
pub const MAX_OPEN_PROPOSALS: usize = 256;
/// A proposal that is not approved lapses after this time.
pub const PROPOSAL_LIFE_MS: u64 = 14 * DAY_MS;
/// Basis points in a whole.
pub const BPS: u64 = 10_000;
/// The value of `expires_at` that means *never*. Fits a signed 64-bit database column.
pub const NEVER: u64 = 9_007_199_254_740_991;
/// A one-time authorisation lives at most this long: what a queue at the counter takes.
pub const MAX_MANDATE_MS: u64 = 3 * MINUTE_MS;
/// A device may be renewed this long before it expires: time for a reminder or two.
pub const RENEWAL_WINDOW_MS: u64 = 180 * DAY_MS;
/// Validators of one channel: messages of a view grow with the square of their number.
pub const MAX_VALIDATORS: usize = 64;
/// Fewest validators that governance may set: 3f + 1 with f = 1.
pub const MIN_VALIDATORS: usize = 4;
/// Shortest epoch, in blocks: a set must have time to hand over.
pub const MIN_EPOCH_BLOCKS: u64 = 8;
/// Changes of the validator set that the channel remembers: bounds the channel's record.
pub const MAX_VALIDATOR_SETS: usize = 4_096;
/// A contract version applies at the earliest this many blocks after it was decided: operators must see it coming.
pub const MIN_ACTIVATION_BLOCKS: u64 = 8;
/// Versions of one contract: bounds its registry record.
pub const MAX_VERSIONS: usize = 256;
/// Reads and writes of state by one call: a full grant needs about 500.
pub const MAX_STATE_OPERATIONS: u32 = 20_000;
