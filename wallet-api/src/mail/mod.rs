//! Mail: letters in the person's language, and the worker that sends the whole deployment's outbox.

pub mod letters;
mod post;
mod worker;

pub use post::Post;
pub use worker::run;
