//! The calls: one file each family, and what they share ([`Work`]).

mod account;
mod campaign;
mod caps;
mod cash_out;
mod cashback;
mod certificate;
mod charge;
mod device;
mod expire;
mod governance;
mod grant;
mod mandate;
mod member;
mod month;
mod officer;
mod pay;
mod refund;
mod registry;
mod sale;
mod settlement;
mod spend;
mod transfer;
mod validators;
mod work;

pub use campaign::consistent as consistent_terms;
pub use work::Work;

use crate::{call::Call, halt::Halt, state::StateRead};

/// Runs one call.
pub fn dispatch<S: StateRead>(work: &mut Work<'_, S>, call: &Call) -> Result<(), Halt> {
    match call {
        Call::MemberRegister(call) => member::register(work, call),
        Call::CertificateIssue(call) => certificate::issue(work, call),
        Call::CertificateRevoke(call) => certificate::revoke(work, call),
        Call::CampaignOpen(call) => campaign::open_alone(work, call),
        Call::CampaignAmend(call) => campaign::amend_alone(work, call),
        Call::CampaignClose(call) => campaign::close_alone(work, call),
        Call::TokenIssue(call) => campaign::issue_alone(work, call),
        Call::TokenCharge(call) => charge::charge(work, call),
        Call::TokenGrant(call) => grant::grant(work, call),
        Call::TokenTransfer(call) => transfer::transfer(work, call),
        Call::TokenPay(call) => pay::pay(work, call),
        Call::TokenPayMandate(call) => mandate::pay_mandate(work, call),
        Call::TokenRefund(call) => refund::refund(work, call),
        Call::TokenCashOut(call) => cash_out::cash_out(work, call),
        Call::TokenExpire(call) => expire::expire(work, call),
        Call::SettlementOpen(call) => settlement::open(work, call),
        Call::SettlementRedeem(call) => settlement::redeem(work, call),
        Call::SettlementConfirm(call) => settlement::confirm(work, call),
        Call::SettlementReject(call) => settlement::reject(work, call),
        Call::SettlementClose(call) => settlement::close(work, call),
        Call::GovernancePropose(call) => governance::propose(work, call),
        Call::GovernanceApprove(call) => governance::approve(work, call),
        Call::CertificateRenew(call) => certificate::renew(work, call),
        Call::AccountFreeze(call) => account::freeze(work, call),
        Call::AccountUnfreeze(call) => {
            governance::alone(work, governance::REGISTRAR)?;
            account::unfreeze(work, call)
        }
        Call::AccountRebind(call) => {
            governance::alone(work, governance::REGISTRAR)?;
            account::rebind(work, call)
        }
        Call::ScoreRegister(call) => {
            governance::alone(work, governance::OPERATOR)?;
            registry::register(work, call)
        }
        Call::ScoreActivate(call) => {
            governance::alone(work, governance::OPERATOR)?;
            registry::activate(work, call)
        }
        Call::ValidatorsUpdate(call) => {
            governance::alone(work, governance::OPERATOR)?;
            validators::update(work, call)
        }
    }
}
