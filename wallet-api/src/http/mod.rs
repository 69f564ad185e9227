//! HTTP: the server, what stands before every route, how failures look.

mod counter;
mod guard;
mod idempotency;
mod problem;
mod server;
mod signed;
mod view;

pub use counter::{Officer, counter_cookie, expired_counter_cookie};
#[cfg(test)]
pub use guard::protect;
pub use idempotency::Key;
pub use problem::{Failure, Problem};
pub use server::serve;
#[cfg(test)]
pub use server::surface;
pub use signed::{Signed, cookie, expired_cookie};
pub use view::PageView;
