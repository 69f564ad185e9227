//! HTTP around every service: what stands before each route, how failures look, how often one may ask, sessions' cookies, pages
//! and files, event streams, the running server. What an address answers is the face's own.

mod assets;
mod cookie;
mod description;
#[cfg(test)]
mod documents;
mod events;
mod field;
mod guard;
mod limiter;
mod problem;
mod server;
mod view;

pub use assets::{document, file, html, not_found};
pub use cookie::SessionCookie;
pub use description::{Api, Session};
pub use events::{Sent, events, last_event};
pub use field::field;
pub use limiter::{Limiter, address};
pub use problem::{Problem, answer, status};
pub use server::{at, serve, surface};
pub use view::PageView;
