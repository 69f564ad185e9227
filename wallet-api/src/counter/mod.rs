//! The counter: where a person is seen in the flesh. One officer proposes to move an account to a new phone, or to let a frozen
//! one go on; another one agrees; the ledger does it. Every officer signs with a key of their own, which this service never
//! sees, and every look at a person is written down for that person.

mod cases;
mod officer;
mod person;
mod phone;

pub use cases::{Standing, cases, submit};
pub use officer::{Entered, enter, find, leave, registrar};
pub use person::look_up;
pub use phone::{Brought, Shown, State, assign, begin, shown, sign, state};
