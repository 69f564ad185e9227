//! `account.freeze`, `account.unfreeze`, `account.rebind`: a lost phone stops at once and goes on only at the counter.
//!
//! Freeze checks: member known → signer is a registrar's officer or the member with an own device → active.
//! Unfreeze checks (registrar, by quorum): known → frozen. Rebind checks (registrar, by quorum): known → not
//! closed → key not weak → possession proven → key new → room for it (a merchant's staff and tills stay, all other
//! devices end).
//!
//! A frozen account neither spends nor receives; its devices keep their certificates, refunds and the bank's
//! answers still reach it.

use super::{
    Work, certificate,
    device::{self, NewDevice},
};
use crate::{
    call::{AccountFreeze, AccountRebind, AccountUnfreeze},
    effect::Effect,
    halt::Halt,
    ids::Bid,
    key::Key,
    limits::CERTIFICATE_LIFE_MS,
    record::{Devices, Member, MemberClass, MemberStatus, Role},
    refusal::Refusal,
    state::StateRead,
};

pub fn freeze<S: StateRead>(work: &mut Work<'_, S>, call: &AccountFreeze) -> Result<(), Halt> {
    let mut member = known(work, &call.member)?;
    let own = work.certificate.role == Role::Holder && work.certificate.owner == call.member;
    if !own {
        work.officer_of(|duties| duties.registrar)?;
    }
    if member.status != MemberStatus::Active {
        return Err(Refusal::MemberNotActive.into());
    }
    member.status = MemberStatus::Frozen;
    work.state.write(&Key::Member(&call.member), &member);
    work.effect(Effect::AccountFrozen { member: call.member, reason: call.reason.clone() });
    Ok(())
}

pub fn unfreeze<S: StateRead>(work: &mut Work<'_, S>, call: &AccountUnfreeze) -> Result<(), Halt> {
    let mut member = known(work, &call.member)?;
    if member.status != MemberStatus::Frozen {
        return Err(Refusal::MemberNotFrozen.into());
    }
    member.status = MemberStatus::Active;
    work.state.write(&Key::Member(&call.member), &member);
    work.effect(Effect::AccountUnfrozen { member: call.member });
    Ok(())
}

pub fn rebind<S: StateRead>(work: &mut Work<'_, S>, call: &AccountRebind) -> Result<(), Halt> {
    let owner = call.member;
    let mut member = known(work, &owner)?;
    if member.status == MemberStatus::Closed {
        return Err(Refusal::MemberNotActive.into());
    }
    let new =
        NewDevice { owner, role: Role::Holder, public_key: &call.public_key, possession: &call.possession };
    let id = device::check(work, &new)?;
    let stay = end_devices(work, &owner, &member.class)?;
    let expires_at = work.now().saturating_add(CERTIFICATE_LIFE_MS);
    device::enter(work, &new, id, expires_at, (stay, certificate::most_devices(&member.class)))?;
    member.status = MemberStatus::Active;
    work.state.write(&Key::Member(&owner), &member);
    work.effect(Effect::AccountRebound { member: owner, certificate: id });
    Ok(())
}

/// Ends the devices that a rebinding ends; answers those that stay.
fn end_devices<S: StateRead>(
    work: &mut Work<'_, S>,
    owner: &Bid,
    class: &MemberClass,
) -> Result<Devices, Halt> {
    let mut stay = Devices::default();
    for id in device::of(work, owner)?.certificates {
        let certificate = device::known(work, &id)?;
        if *class == MemberClass::Citizen || certificate.role == Role::Holder {
            device::end(work, id, certificate);
        } else {
            stay.certificates.push(id);
        }
    }
    Ok(stay)
}

fn known<S: StateRead>(work: &Work<'_, S>, bid: &Bid) -> Result<Member, Halt> {
    Ok(work.state.load(&Key::Member(bid))?.ok_or(Refusal::UnknownMember)?)
}
