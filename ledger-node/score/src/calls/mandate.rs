//! `token.pay_mandate`: the till presents the payer's one-time authorisation; the payer may be offline. Checks: a device
//! of an active merchant → amount → the mandate is of this channel and signed by a citizen's own device → that device
//! not revoked, not expired → its owner an active citizen → the mandate still good, and not for too long → for this
//! merchant → never used → within its cap; then those of [`super::pay`] from *not oneself* on.

use super::{
    Work,
    pay::sell,
    sale::{Payer, Sale},
    work::positive,
};
use crate::{
    call::{TokenPay, TokenPayMandate},
    halt::Halt,
    ids::{Bid, TxId},
    key::Key,
    limits::MAX_MANDATE_MS,
    record::{Certificate, Member, MemberClass, MemberStatus, MerchantTerms, Role},
    refusal::Refusal,
    state::StateRead,
};

pub fn pay_mandate<S: StateRead>(work: &mut Work<'_, S>, call: &TokenPayMandate) -> Result<(), Halt> {
    let (merchant, shop) = presenting_shop(work)?;
    positive(call.amount)?;
    let payer = payer(work, call)?;
    let (mandate, now) = (&call.mandate, work.now());
    let expires_at = mandate.expires_at;
    if expires_at <= now {
        return Err(Refusal::MandateExpired { expires_at }.into());
    }
    if expires_at - now > MAX_MANDATE_MS {
        return Err(Refusal::MandateTooLong { expires_at }.into());
    }
    if mandate.merchant.is_some_and(|only| only != merchant) {
        return Err(Refusal::MandateNotForYou.into());
    }
    let id = mandate.id();
    if work.state.read::<TxId>(&Key::Mandate(&id))?.is_some() {
        return Err(Refusal::MandateUsed.into());
    }
    match call.amount.minus(mandate.cap) {
        Some(over) if !over.is_zero() => {
            return Err(Refusal::MandateCap { cap: mandate.cap, over }.into());
        }
        _ => {}
    }
    let order =
        TokenPay { merchant, order: call.order.clone(), amount: call.amount, cashback: mandate.cashback };
    let payer = Payer { bid: payer, merchant: false };
    sell(work, &Sale { payer, order: &order, shop: &shop, mandate: Some(id) })
}

/// The merchant whose device signs.
fn presenting_shop<S: StateRead>(work: &Work<'_, S>) -> Result<(Bid, MerchantTerms), Halt> {
    if work.certificate.role == Role::Officer {
        return Err(Refusal::NotAllowed.into());
    }
    let owner = work.certificate.owner;
    let member: Member = work.state.load(&Key::Member(&owner))?.ok_or(Refusal::UnknownMember)?;
    let MemberClass::Merchant(shop) = member.class else { return Err(Refusal::NotAllowed.into()) };
    match member.status {
        MemberStatus::Active => Ok((owner, shop)),
        MemberStatus::Frozen | MemberStatus::Closed => Err(Refusal::MemberNotActive.into()),
    }
}

/// The citizen who signed the mandate.
fn payer<S: StateRead>(work: &Work<'_, S>, call: &TokenPayMandate) -> Result<Bid, Halt> {
    let mandate = &call.mandate;
    let certificate: Certificate =
        work.state.load(&Key::Certificate(&mandate.certificate))?.ok_or(Refusal::BadMandate)?;
    let good = mandate.chain == work.chain()?
        && certificate.role == Role::Holder
        && certificate.public_key.verify(&mandate.message(), &call.signature);
    if !good {
        return Err(Refusal::BadMandate.into());
    }
    if certificate.revoked {
        return Err(Refusal::RevokedCertificate.into());
    }
    if certificate.expires_at <= work.now() {
        return Err(Refusal::ExpiredCertificate { expired_at: certificate.expires_at }.into());
    }
    work.active_citizen(&certificate.owner)?;
    Ok(certificate.owner)
}
