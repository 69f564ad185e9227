//! The ledger as every service needs it: a port that a test can put the contract itself behind, and [`Officer`], who sends in an
//! institution's name, each business fact once. What one face alone asks of the ledger it adds in a trait above [`Ledger`].

mod officer;
mod port;

pub use officer::{Officer, final_receipt, release};
pub use port::{Answer, Ledger};
