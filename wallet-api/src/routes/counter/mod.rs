//! `/v1/counter/*`: what officers of a registrar do with a person in front of them.

pub mod cases;
pub mod people;
pub mod session;
