//! Transactions for tests.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use dure_score::{
    Amount, Bid, Call, CampaignId, ChainId, Hash32, Transaction, VerifiedTx,
    call::{AccountFreeze, TokenCharge, TokenTransfer},
    ids::{Code, DepositRef},
    signature::SigningKey,
};

fn signed(signer: u8, nonce: u64, valid_until: u64, call: Call) -> Arc<VerifiedTx> {
    let (chain, key) = (ChainId::new("test-1").unwrap(), SigningKey::from_seed([signer; 32]));
    let signer = key.public_key().certificate_id(&chain);
    let signed = Transaction { chain: chain.clone(), signer, nonce, valid_until, call }.sign(&key);
    Arc::new(signed.verify(&chain).unwrap())
}

/// A transfer.
pub(crate) fn payment(signer: u8, nonce: u64, valid_until: u64) -> Arc<VerifiedTx> {
    let transfer = TokenTransfer { to: Bid::new([9; 16]), amount: Amount::new(1), memo: Hash32::default() };
    signed(signer, nonce, valid_until, Call::TokenTransfer(transfer))
}

/// A charge.
pub(crate) fn bulk(signer: u8, nonce: u64, valid_until: u64) -> Arc<VerifiedTx> {
    let charge = TokenCharge {
        to: Bid::new([9; 16]),
        amount: Amount::new(1),
        deposit: DepositRef::new("D").unwrap(),
        campaign: CampaignId::COIN,
    };
    signed(signer, nonce, valid_until, Call::TokenCharge(charge))
}

/// A freeze.
pub(crate) fn control(signer: u8, nonce: u64, valid_until: u64) -> Arc<VerifiedTx> {
    let freeze = AccountFreeze { member: Bid::new([9; 16]), reason: Code::new("LOST").unwrap() };
    signed(signer, nonce, valid_until, Call::AccountFreeze(freeze))
}
