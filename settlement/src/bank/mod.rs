//! The bank, as far as it is seen from here: a folder of files that it writes, a folder that it reads, and the
//! ISO 20022 messages in them (pain.001.001.09 out; pain.002.001.12 and camt.054.001.08 in). Knows neither SQL nor
//! the ledger.

mod camt054;
mod fault;
mod folders;
mod message;
mod pain001;
mod pain002;
mod read;
mod shown;
mod xml;

pub use fault::BankFileError;
pub use folders::{Contents, Outbox, write_atomically};
pub use message::{Booking, Credit, Debit, Message, Reason, Report};
pub use pain001::{PaymentFile, Transfer, control_sum_of, latin, uetr};
