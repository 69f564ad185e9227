//! A model of accounts, as small as it can be: balances, orders paid once, refunds up to what was paid. No lots, no certificates, no
//! code of the contract: what the ledger answered must follow from these few lines.

use std::collections::BTreeMap;

use dure_score::{Bid, Call, CertId, Effect, OrderId, Outcome, Receipt, Refusal, SignedTx, TxId};

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Pays an order.
    Pay {
        /// Who pays.
        payer: Bid,
        /// Who is paid.
        shop: Bid,
        /// The shop's number of the order.
        order: OrderId,
        /// Won.
        amount: u64,
    },
    /// Sends coin.
    Send {
        /// Who sends.
        from: Bid,
        /// Who receives.
        to: Bid,
        /// Won.
        amount: u64,
    },
    /// Gives a payment back, whole or in part.
    Refund {
        /// Who gives back.
        shop: Bid,
        /// The payment.
        payment: TxId,
        /// Won.
        amount: u64,
    },
}

impl Act {
    /// What a transaction asks for, if it is one of these; `owners` says whose each device is.
    pub fn of(signed: &SignedTx, owners: &BTreeMap<CertId, Bid>) -> Option<Self> {
        let transaction = signed.transaction();
        let owner = *owners.get(&transaction.signer)?;
        Some(match &transaction.call {
            Call::TokenPay(call) => Self::Pay {
                payer: owner,
                shop: call.merchant,
                order: call.order.clone(),
                amount: call.amount.get(),
            },
            Call::TokenTransfer(call) => Self::Send { from: owner, to: call.to, amount: call.amount.get() },
            Call::TokenRefund(call) => {
                Self::Refund { shop: owner, payment: call.payment, amount: call.amount.get() }
            }
            _ => return None,
        })
    }
}

/// What comes of an act: of the whole receipt, what a person could check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done; what the two accounts hold afterwards.
    Done(BTreeMap<Bid, u64>),
    /// Refused with that code and, where the rule has one, the number that it names.
    Refused(&'static str, Option<u64>),
}

impl Answer {
    /// What a receipt says.
    pub fn of(receipt: &Receipt) -> Self {
        match &receipt.outcome {
            Outcome::Applied => Self::Done(receipt.effects.iter().filter_map(balance).collect()),
            Outcome::Refused { refusal } => Self::Refused(refusal.code(), number(refusal)),
        }
    }
}

fn balance(effect: &Effect) -> Option<(Bid, u64)> {
    match effect {
        Effect::Balance { owner, total } => Some((*owner, total.get())),
        _ => None,
    }
}

fn number(refusal: &Refusal) -> Option<u64> {
    match refusal {
        Refusal::InsufficientFunds { available, .. } => Some(available.get()),
        Refusal::RefundTooLarge { refundable } => Some(refundable.get()),
        _ => None,
    }
}

/// The accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bank {
    balances: BTreeMap<Bid, u64>,
    orders: BTreeMap<(Bid, OrderId), TxId>,
    paid: BTreeMap<TxId, Paid>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Paid {
    payer: Bid,
    shop: Bid,
    left: u64,
}

impl Bank {
    /// Accounts that hold so much, and no orders.
    pub const fn new(balances: BTreeMap<Bid, u64>) -> Self {
        Self { balances, orders: BTreeMap::new(), paid: BTreeMap::new() }
    }

    /// What everybody holds.
    pub const fn balances(&self) -> &BTreeMap<Bid, u64> {
        &self.balances
    }

    /// All coin.
    pub fn total(&self) -> u64 {
        self.balances.values().sum()
    }

    /// Does what the act named `id` asks, or refuses it without effect.
    pub fn apply(&mut self, id: TxId, act: &Act) -> Answer {
        match act {
            Act::Pay { payer, shop, order, amount } => {
                let order = (*shop, order.clone());
                if self.orders.contains_key(&order) {
                    return Answer::Refused("ORDER_PAID", None);
                }
                let answer = self.carry(*payer, *shop, *amount);
                if matches!(answer, Answer::Done(_)) {
                    self.orders.insert(order, id);
                    self.paid.insert(id, Paid { payer: *payer, shop: *shop, left: *amount });
                }
                answer
            }
            Act::Send { from, to, amount } => self.carry(*from, *to, *amount),
            Act::Refund { shop, payment, amount } => {
                let Some(paid) = self.paid.get_mut(payment) else {
                    return Answer::Refused("UNKNOWN_PAYMENT", None);
                };
                if paid.shop != *shop {
                    return Answer::Refused("NOT_ALLOWED", None);
                }
                let Some(left) = paid.left.checked_sub(*amount) else {
                    return Answer::Refused("REFUND_TOO_LARGE", Some(paid.left));
                };
                paid.left = left;
                let payer = paid.payer;
                self.carry(*shop, payer, *amount)
            }
        }
    }

    fn carry(&mut self, from: Bid, to: Bid, amount: u64) -> Answer {
        let held = self.balances.get(&from).copied().unwrap_or(0);
        let Some(left) = held.checked_sub(amount) else {
            return Answer::Refused("INSUFFICIENT_FUNDS", Some(held));
        };
        self.balances.insert(from, left);
        let received = self.balances.get(&to).copied().unwrap_or(0) + amount;
        self.balances.insert(to, received);
        Answer::Done([(from, left), (to, received)].into())
    }
}
