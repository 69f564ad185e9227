//! `member.register`. Checks: registrar's officer → id not taken (by a member or an institution).

use super::Work;
use crate::{
    call::MemberRegister,
    effect::Effect,
    halt::Halt,
    key::Key,
    record::{Institution, Member, MemberStatus},
    refusal::Refusal,
    state::StateRead,
};

pub fn register<S: StateRead>(work: &mut Work<'_, S>, call: &MemberRegister) -> Result<(), Halt> {
    work.officer_of(|duties| duties.registrar)?;
    let taken = work.state.load::<Member>(&Key::Member(&call.bid))?.is_some()
        || work.state.read::<Institution>(&Key::Institution(&call.bid))?.is_some();
    if taken {
        return Err(Refusal::MemberExists.into());
    }
    let member =
        Member { class: call.class.clone(), status: MemberStatus::Active, registered_at: work.now() };
    work.state.write(&Key::Member(&call.bid), &member);
    work.effect(Effect::MemberRegistered { bid: call.bid, class: call.class.clone() });
    Ok(())
}
