//! The calls: one file each family, and what they share ([`Work`]).

mod campaign;
mod certificate;
mod charge;
mod expire;
mod governance;
mod grant;
mod member;
mod pay;
mod refund;
mod settlement;
mod transfer;
mod work;

pub use campaign::consistent as consistent_terms;
pub use work::Work;

use crate::{apply::Halt, call::Call, state::StateRead};

/// Runs one call.
pub fn dispatch<S: StateRead>(work: &mut Work<'_, S>, call: &Call) -> Result<(), Halt> {
    match call {
        Call::MemberRegister(call) => member::register(work, call),
        Call::CertificateIssue(call) => certificate::issue(work, call),
        Call::CertificateRevoke(call) => certificate::revoke(work, call),
        Call::CampaignOpen(call) => campaign::open_alone(work, call),
        Call::TokenIssue(call) => campaign::issue_alone(work, call),
        Call::TokenCharge(call) => charge::charge(work, call),
        Call::TokenGrant(call) => grant::grant(work, call),
        Call::TokenTransfer(call) => transfer::transfer(work, call),
        Call::TokenPay(call) => pay::pay(work, call),
        Call::TokenRefund(call) => refund::refund(work, call),
        Call::TokenExpire(call) => expire::expire(work, call),
        Call::SettlementOpen(call) => settlement::open(work, call),
        Call::SettlementRedeem(call) => settlement::redeem(work, call),
        Call::SettlementConfirm(call) => settlement::confirm(work, call),
        Call::SettlementReject(call) => settlement::reject(work, call),
        Call::SettlementClose(call) => settlement::close(work, call),
        Call::GovernancePropose(call) => governance::propose(work, call),
        Call::GovernanceApprove(call) => governance::approve(work, call),
    }
}
