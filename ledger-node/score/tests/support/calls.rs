//! Calls, said in few words.

use dure_score::{
    Call, CampaignId,
    call::*,
    ids::{BatchId, Code, DepositRef, Hash32, OrderId, PayoutId, TxId},
    record::*,
    tx::possession_message,
};

use super::{bid, cert, chain, code, key, won};

pub fn issue_certificate(owner: &str, device: &str, role: Role) -> Call {
    let device = key(device);
    let message = possession_message(&chain(), &bid(owner), role, &device.public_key());
    Call::CertificateIssue(CertificateIssue {
        owner: bid(owner),
        public_key: device.public_key(),
        role,
        possession: device.sign(&message),
    })
}
pub fn charge(to: &str, amount: u64, deposit: &str, campaign: u32) -> Call {
    let deposit = DepositRef::new(deposit).unwrap();
    Call::TokenCharge(TokenCharge {
        to: bid(to),
        amount: won(amount),
        deposit,
        campaign: CampaignId(campaign),
    })
}
pub fn pay(to: &str, order: &str, amount: u64) -> Call {
    Call::TokenPay(TokenPay {
        merchant: bid(to),
        order: OrderId::new(order).unwrap(),
        amount: won(amount),
        cashback: None,
    })
}
pub fn transfer(to: &str, amount: u64) -> Call {
    Call::TokenTransfer(TokenTransfer { to: bid(to), amount: won(amount), memo: Hash32::default() })
}
pub fn refund(payment: TxId, amount: u64) -> Call {
    Call::TokenRefund(TokenRefund { payment, amount: won(amount) })
}
pub fn grant(campaign: u32, number: u8, to: &[(&str, u64)]) -> Call {
    let to = to.iter().map(|(name, amount)| GrantItem { to: bid(name), amount: won(*amount) }).collect();
    Call::TokenGrant(TokenGrant { campaign: CampaignId(campaign), grant: Hash32::new([number; 32]), to })
}
pub fn expire(owners: &[&str]) -> Call {
    Call::TokenExpire(TokenExpire { owners: owners.iter().map(|name| bid(name)).collect() })
}
pub fn open_batch(batch: &str, from_height: u64, to_height: u64) -> Call {
    Call::SettlementOpen(SettlementOpen { batch: BatchId::new(batch).unwrap(), from_height, to_height })
}
pub fn redeem(batch: &str, payout: &str, merchant: &str, amount: u64) -> Call {
    Call::SettlementRedeem(SettlementRedeem {
        batch: BatchId::new(batch).unwrap(),
        payout: PayoutId::new(payout).unwrap(),
        merchant: bid(merchant),
        amount: won(amount),
    })
}
pub fn confirm(payout: &str) -> Call {
    Call::SettlementConfirm(SettlementConfirm { payout: PayoutId::new(payout).unwrap() })
}
pub fn reject(payout: &str) -> Call {
    Call::SettlementReject(SettlementReject { payout: PayoutId::new(payout).unwrap(), reason: code("AC04") })
}
pub fn close_batch(batch: &str, control_sum: u64) -> Call {
    Call::SettlementClose(SettlementClose {
        batch: BatchId::new(batch).unwrap(),
        control_sum: won(control_sum),
    })
}
pub fn revoke(device: &str) -> Call {
    Call::CertificateRevoke(CertificateRevoke { certificate: cert(device) })
}
pub fn pay_with_cashback(to: &str, order: &str, amount: u64, campaign: u32) -> Call {
    let order = OrderId::new(order).unwrap();
    let cashback = Some(CampaignId(campaign));
    Call::TokenPay(TokenPay { merchant: bid(to), order, amount: won(amount), cashback })
}
pub fn cash_out(deposit: &str, payout: &str) -> Call {
    Call::TokenCashOut(TokenCashOut {
        deposit: DepositRef::new(deposit).unwrap(),
        payout: PayoutId::new(payout).unwrap(),
    })
}
pub fn amend(campaign: u32, terms: CampaignTerms) -> ProposedCall {
    ProposedCall::CampaignAmend(CampaignAmend { campaign: CampaignId(campaign), terms })
}
pub fn close_campaign(campaign: u32) -> ProposedCall {
    ProposedCall::CampaignClose(CampaignClose { campaign: CampaignId(campaign) })
}
pub fn propose(proposed: ProposedCall) -> Call {
    Call::GovernancePropose(GovernancePropose { proposed })
}
pub fn approve(proposal: TxId) -> Call {
    Call::GovernanceApprove(GovernanceApprove { proposal })
}
pub fn freeze(member: &str) -> Call {
    Call::AccountFreeze(AccountFreeze { member: bid(member), reason: code("LOST") })
}
pub fn unfreeze(member: &str) -> Call {
    Call::AccountUnfreeze(AccountUnfreeze { member: bid(member) })
}
pub fn rebind(member: &str, device: &str) -> AccountRebind {
    let device = key(device);
    let message = possession_message(&chain(), &bid(member), Role::Holder, &device.public_key());
    AccountRebind { member: bid(member), public_key: device.public_key(), possession: device.sign(&message) }
}
pub fn renew() -> Call {
    Call::CertificateRenew(CertificateRenew {})
}
pub fn register_version(version: u32, code_hash: Hash32) -> ScoreRegister {
    ScoreRegister { name: Code::token(), version, code_hash }
}
pub fn activate_version(version: u32, at_height: u64) -> ScoreActivate {
    ScoreActivate { name: Code::token(), version, at_height }
}
pub fn seats(names: &[&str]) -> ValidatorsUpdate {
    let seat = |name: &&str| ValidatorSeat { public_key: key(name).public_key(), address: None };
    ValidatorsUpdate { validators: names.iter().map(seat).collect() }
}
