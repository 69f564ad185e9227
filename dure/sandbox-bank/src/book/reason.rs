//! Why the bank refuses, in the codes of the ISO 20022 external code set (ExternalStatusReason1Code).

use serde::{Deserialize, Serialize};

/// A reason for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Reason {
    /// The payee's account number is wrong.
    Ac01,
    /// The debtor's account is not the customer's.
    Ac02,
    /// The account is closed.
    Ac04,
    /// The account is blocked.
    Ac06,
    /// Payments to this account are forbidden.
    Ag01,
    /// The amount is zero.
    Am01,
    /// The currency is not won.
    Am03,
    /// There is not enough money on the account.
    Am04,
    /// This payment has been made before.
    Am05,
    /// The control sum does not match.
    Am10,
    /// The amount is not a whole number of won.
    Am12,
    /// The number of transactions does not match.
    Am18,
    /// This message id has been received before.
    Dupl,
    /// The file is not what its format demands.
    Ff01,
}

impl Reason {
    /// The reasons that a person may choose for refusing an account.
    pub const SWITCHES: [Self; 4] = [Self::Ac04, Self::Ac01, Self::Ac06, Self::Ag01];

    /// The four-letter code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ac01 => "AC01",
            Self::Ac02 => "AC02",
            Self::Ac04 => "AC04",
            Self::Ac06 => "AC06",
            Self::Ag01 => "AG01",
            Self::Am01 => "AM01",
            Self::Am03 => "AM03",
            Self::Am04 => "AM04",
            Self::Am05 => "AM05",
            Self::Am10 => "AM10",
            Self::Am12 => "AM12",
            Self::Am18 => "AM18",
            Self::Dupl => "DUPL",
            Self::Ff01 => "FF01",
        }
    }

    /// The switch with this code, if it is one that people may choose.
    pub fn switch(code: &str) -> Option<Self> {
        Self::SWITCHES.into_iter().find(|reason| reason.code() == code)
    }
}
