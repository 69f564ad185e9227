//! What can be wrong with a payment code.

/// Why a text is not a payable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// The check sum does not match: misread or altered.
    #[error("the code is damaged: its check sum does not match")]
    Crc,
    /// Fields are cut short, repeated, absent or too long.
    #[error("the code is not complete")]
    Malformed,
    /// Not a payment code, or one of another scheme, country or currency.
    #[error("the code is not one of this scheme")]
    Foreign,
    /// The amount is not a whole number of won, or is zero or too large.
    #[error("the code's amount is not a whole number of won")]
    Amount,
    /// A tip or a fee is asked for beside the amount.
    #[error("the code asks for a tip or a fee beside its amount")]
    Fee,
}

impl QrError {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Crc => "QR_CRC",
            Self::Malformed => "QR_MALFORMED",
            Self::Foreign => "QR_FOREIGN",
            Self::Amount => "QR_AMOUNT",
            Self::Fee => "QR_FEE",
        }
    }
}
