//! HTTP: the server, what stands before every route, how failures look.

mod guard;
mod problem;
mod server;
mod signed;
mod view;

#[cfg(test)]
pub use guard::protect;
pub use problem::{Failure, Problem};
pub use server::serve;
#[cfg(test)]
pub use server::surface;
pub use signed::{Signed, cookie, expired_cookie};
pub use view::PageView;
