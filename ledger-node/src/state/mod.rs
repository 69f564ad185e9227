//! What holds now: blocks applied through the contract, the state tree over every record, the balance sheet, the validators in force.

pub mod books;
pub mod executor;
pub mod hashed;
pub mod tree;
pub mod validators;
