//! Who asks, and how failures look. The routes themselves are in [`crate::routes`].

mod problem;
mod signed;

pub use signed::cookie;
