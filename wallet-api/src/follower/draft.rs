//! From a receipt's effects to the entries of both sides. Pure.

use dure_score::{Amount, Bid, CampaignId, Effect};

/// An entry before its balance is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Whose.
    pub bid: Bid,
    /// charge, bonus, grant, transfer_in, transfer_out, pay, refund, cashback, cashback_back, cash_out, cash_out_paid,
    /// cash_out_returned, expire; for shops sale, sale_refund, payout, payout_paid, payout_returned as well.
    pub kind: &'static str,
    /// How much.
    pub amount: Amount,
    /// What it does to the balance.
    pub sign: Sign,
    /// A BID, or `campaign:` and a number.
    pub counterparty: Option<String>,
    /// Order, deposit or payout id.
    pub reference: Option<String>,
}

/// What an entry does to the balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// More.
    Plus,
    /// Less.
    Minus,
    /// Nothing: the coin had left before (a payout that the bank has now paid).
    None,
}

/// The entries that one effect makes; `receipt` is all that the transaction did.
pub fn drafts(effect: &Effect, receipt: &[Effect]) -> Vec<Draft> {
    match effect {
        Effect::Charged { to, amount, bonus, campaign, deposit } => {
            let mut drafts = vec![plus(to, "charge", *amount).about(deposit)];
            if !bonus.is_zero() {
                drafts.push(plus(to, "bonus", *bonus).of_campaign(*campaign));
            }
            drafts
        }
        Effect::Granted { campaign, to, amount, .. } => {
            vec![plus(to, "grant", *amount).of_campaign(*campaign)]
        }
        Effect::Transferred { from, to, amount, .. } => {
            vec![minus(from, "transfer_out", *amount).with(to), plus(to, "transfer_in", *amount).with(from)]
        }
        Effect::Paid { payer, merchant, order, amount, .. } => vec![
            minus(payer, "pay", *amount).with(merchant).about(order),
            plus(merchant, "sale", *amount).with(payer).about(order),
        ],
        Effect::Refunded { payer, merchant, order, amount, .. } => vec![
            minus(merchant, "sale_refund", *amount).with(payer).about(order),
            plus(payer, "refund", *amount).with(merchant).about(order),
        ],
        Effect::Expired { owner, lot } => vec![minus(owner, "expire", lot.amount).of_campaign(lot.campaign)],
        Effect::Redeemed { payout, merchant, amount, .. } => {
            vec![minus(merchant, "payout", *amount).about(payout)]
        }
        Effect::PayoutConfirmed { payout, merchant, amount, .. } => {
            vec![draft(merchant, "payout_paid", *amount, Sign::None).about(payout)]
        }
        Effect::PayoutRejected { payout, merchant, amount, .. } => {
            vec![plus(merchant, "payout_returned", *amount).about(payout)]
        }
        Effect::CashbackPaid { campaign, to, amount, .. } => {
            vec![plus(to, "cashback", *amount).of_campaign(*campaign)]
        }
        Effect::CashbackTakenBack { campaign, from, amount, .. } => {
            vec![minus(from, "cashback_back", *amount).of_campaign(*campaign)]
        }
        Effect::CashOutOpened { payout, owner, .. } => {
            vec![minus(owner, "cash_out", moved(receipt, owner, false)).about(payout)]
        }
        Effect::CashOutConfirmed { payout, owner, won } => {
            vec![draft(owner, "cash_out_paid", *won, Sign::None).about(payout)]
        }
        Effect::CashOutRejected { payout, owner, .. } => {
            vec![plus(owner, "cash_out_returned", moved(receipt, owner, true)).about(payout)]
        }
        Effect::MemberRegistered { .. }
        | Effect::CertificateIssued { .. }
        | Effect::CertificateRevoked { .. }
        | Effect::CampaignOpened { .. }
        | Effect::Issued { .. }
        | Effect::BatchOpened { .. }
        | Effect::BatchClosed { .. }
        | Effect::Proposed { .. }
        | Effect::Approved { .. }
        | Effect::LotChanged { .. }
        | Effect::Balance { .. }
        | Effect::CertificateRenewed { .. }
        | Effect::AccountFrozen { .. }
        | Effect::AccountUnfrozen { .. }
        | Effect::AccountRebound { .. }
        | Effect::CampaignAmended { .. }
        | Effect::CampaignClosed { .. }
        | Effect::MandateUsed { .. }
        | Effect::SubsidyReturned { .. }
        | Effect::ScoreRegistered { .. }
        | Effect::ScoreScheduled { .. }
        | Effect::ValidatorsChanged { .. } => Vec::new(),
    }
}

/// What came out of (or into) the owner's lots in all: a cash-out moves won and the campaign's share together, and
/// its effects name them apart or not at all. Bounded by the supply, so the sum cannot overflow.
fn moved(receipt: &[Effect], owner: &Bid, into: bool) -> Amount {
    let amounts = receipt.iter().filter_map(|effect| match effect {
        Effect::LotChanged { owner: whose, amount, added, .. } if whose == owner && *added == into => {
            Some(*amount)
        }
        _ => None,
    });
    Amount::total(amounts).unwrap_or(Amount::ZERO)
}

fn draft(bid: &Bid, kind: &'static str, amount: Amount, sign: Sign) -> Draft {
    Draft { bid: *bid, kind, amount, sign, counterparty: None, reference: None }
}
fn plus(bid: &Bid, kind: &'static str, amount: Amount) -> Draft {
    draft(bid, kind, amount, Sign::Plus)
}
fn minus(bid: &Bid, kind: &'static str, amount: Amount) -> Draft {
    draft(bid, kind, amount, Sign::Minus)
}

impl Draft {
    fn with(mut self, other: &Bid) -> Self {
        self.counterparty = Some(other.to_string());
        self
    }
    fn of_campaign(mut self, campaign: CampaignId) -> Self {
        self.counterparty = Some(format!("campaign:{}", campaign.0));
        self
    }
    fn about(mut self, reference: &impl ToString) -> Self {
        self.reference = Some(reference.to_string());
        self
    }
}
