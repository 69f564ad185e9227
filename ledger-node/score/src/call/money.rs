//! Coin: charge, grant, send, pay, give back, cash out, expire.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    amount::Amount,
    ids::{Bid, CampaignId, DepositRef, Hash32, OrderId, PayoutId, TxId},
    mandate::Mandate,
    signature::Signature,
};

/// See [`crate::Call::TokenCharge`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenCharge {
    /// Who paid won in.
    #[n(0)]
    pub to: Bid,
    /// Won received.
    #[n(1)]
    pub amount: Amount,
    /// The bank's reference; charges once, ever.
    #[n(2)]
    pub deposit: DepositRef,
    /// The campaign whose bonus is asked for; 0 for none.
    #[n(3)]
    pub campaign: CampaignId,
}

/// See [`crate::Call::TokenGrant`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenGrant {
    /// From which budget.
    #[n(0)]
    pub campaign: CampaignId,
    /// Names this grant; applies once, ever (a spreadsheet sent twice grants once).
    #[n(1)]
    pub grant: Hash32,
    /// Who gets how much; all or nobody.
    #[n(2)]
    pub to: Vec<GrantItem>,
}

/// One recipient of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct GrantItem {
    /// Recipient.
    #[n(0)]
    pub to: Bid,
    /// Amount.
    #[n(1)]
    pub amount: Amount,
}

/// See [`crate::Call::TokenTransfer`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenTransfer {
    /// Receiver, a citizen.
    #[n(0)]
    pub to: Bid,
    /// Amount.
    #[n(1)]
    pub amount: Amount,
    /// SHA-256 of the message that goes along off the ledger; all zero for none.
    #[n(2)]
    pub memo: Hash32,
}

/// See [`crate::Call::TokenPay`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenPay {
    /// Payee.
    #[n(0)]
    pub merchant: Bid,
    /// The payee's order number; paid once, ever.
    #[n(1)]
    pub order: OrderId,
    /// Amount.
    #[n(2)]
    pub amount: Amount,
    /// The campaign whose cashback is asked for, if any.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashback: Option<CampaignId>,
}

/// See [`crate::Call::TokenRefund`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenRefund {
    /// The payment (id of the transaction that paid).
    #[n(0)]
    pub payment: TxId,
    /// How much goes back.
    #[n(1)]
    pub amount: Amount,
}

/// See [`crate::Call::TokenExpire`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenExpire {
    /// Whose lots to look at.
    #[n(0)]
    pub owners: Vec<Bid>,
}

/// See [`crate::Call::TokenPayMandate`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenPayMandate {
    /// The payer's authorisation.
    #[n(0)]
    pub mandate: Mandate,
    /// The payer's device's signature over [`Mandate::message`].
    #[n(1)]
    pub signature: Signature,
    /// The payee's order number; paid once, ever.
    #[n(2)]
    pub order: OrderId,
    /// Amount; at most the mandate's cap.
    #[n(3)]
    pub amount: Amount,
}

/// See [`crate::Call::TokenCashOut`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TokenCashOut {
    /// The deposit whose remainder is wanted back.
    #[n(0)]
    pub deposit: DepositRef,
    /// The new payout, in one space with those of settlement.
    #[n(1)]
    pub payout: PayoutId,
}
