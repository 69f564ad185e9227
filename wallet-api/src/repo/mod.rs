//! SQL of the wallet: the read model, charge references. The only place that knows diesel.

pub mod accounts;
pub mod campaigns;
pub mod charges;
pub mod entries;
pub mod lots;
pub mod payments;
