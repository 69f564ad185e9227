//! What every route stands on: the guard before it, problem documents, the session's cookie. The routes themselves are in
//! [`crate::routes`].

pub(crate) mod cookie;
pub(crate) mod guard;
pub(crate) mod problem;
mod server;

pub use server::run;
