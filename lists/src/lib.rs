//! Lists of people and shops as offices write them: spreadsheets saved as text by whichever program they have.
//!
//! Promises: what a file may say is read or told, never passed over in silence. Encoding and separator are found and named
//! ([`text`], [`rows`]); rows are counted as the spreadsheet program counts them; every fault of a list is told with its row, in
//! Korean and English ([`Fault`]); one faulty row means that nothing of the list is taken ([`read`]). Names of people are
//! compared by one rule ([`name`]).
//!
//! Pure: no files, no clock, no network.
#![forbid(unsafe_code)]

pub mod cell;
mod fault;
pub mod name;
mod rows;
mod table;
mod text;

pub use fault::{Fault, RowFault};
pub use table::{Cells, Column, Form, Others, Reading, read};
pub use text::Encoding;
