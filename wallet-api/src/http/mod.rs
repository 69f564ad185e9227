//! Who asks: sessions of people and officers, idempotency keys; and how failures look.

mod counter;
mod idempotency;
mod problem;
mod signed;

pub use counter::{Officer, counter_cookie};
pub use dure_service::http::{PageView, Problem};
pub use problem::Failure;
pub use signed::{Signed, cookie};
