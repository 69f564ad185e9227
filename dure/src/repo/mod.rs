//! What the launcher asks the database itself.

mod books;

pub use books::read_model;
