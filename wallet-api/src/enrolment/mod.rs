//! Enrolment: the registrar's data and an e-mailed code prove who it is; the device proves its key; the ledger certifies.

mod certify;
mod confirm;
mod purpose;
mod registration;
mod start;

pub use certify::{HOLDER, Request as CertifyRequest, certify, device_name, device_tag, devices_of};
pub use confirm::confirm;
pub use registration::{confirm as confirm_registration, start as start_registration};
pub use start::{Request as StartRequest, answer, start};
