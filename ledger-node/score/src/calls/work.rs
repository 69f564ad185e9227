//! What a call works with: the state, who signed, where in the chain, and the effects so far.

use crate::{
    amount::Amount,
    context::BlockContext,
    effect::Effect,
    halt::Halt,
    holdings::Holdings,
    ids::{Bid, CampaignId, CertId, ChainId, TxId},
    key::Key,
    limits::MAX_AMOUNT,
    lot::Lot,
    record::{
        Campaign, Certificate, Channel, Duties, Institution, Member, MemberClass, MemberStatus,
        MerchantTerms, Role, Supply,
    },
    refusal::Refusal,
    state::{Overlay, StateError, StateRead},
};

/// What most calls do, in effects: a payment out of one lot does five things.
const EFFECTS: usize = 6;

/// One call at work.
pub struct Work<'a, S> {
    /// State; writes are kept only if the call succeeds.
    pub state: &'a mut Overlay<S>,
    /// The transaction's id.
    pub tx: TxId,
    /// The signing certificate's id.
    pub signer: CertId,
    /// The signing certificate.
    pub certificate: Certificate,
    /// Where in the chain.
    pub block: BlockContext,
    effects: Vec<Effect>,
}

impl<'a, S: StateRead> Work<'a, S> {
    /// A call that has done nothing yet.
    pub fn new(
        state: &'a mut Overlay<S>,
        tx: TxId,
        signer: CertId,
        certificate: Certificate,
        block: BlockContext,
    ) -> Self {
        Self { state, tx, signer, certificate, block, effects: Vec::with_capacity(EFFECTS) }
    }

    /// Block time, ms.
    #[inline]
    pub const fn now(&self) -> u64 {
        self.block.time_ms
    }

    /// Records something done.
    #[inline]
    pub fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// All that was done, in order.
    pub fn into_effects(self) -> Vec<Effect> {
        self.effects
    }

    /// The channel's own record.
    pub fn channel(&self) -> Result<Channel, Halt> {
        self.state
            .read(&Key::Channel)?
            .ok_or_else(|| Halt::State(StateError("the channel record is missing".into())))
    }

    /// The channel's name, for messages that bind it.
    pub fn chain(&self) -> Result<ChainId, Halt> {
        Ok(self.channel()?.chain)
    }

    /// The signer's institution, if the signer is an officer of one with the asked duty.
    pub fn officer_of(&self, duty: impl Fn(&Duties) -> bool) -> Result<(Bid, Institution), Halt> {
        if self.certificate.role != Role::Officer {
            return Err(Refusal::NotAllowed.into());
        }
        let institution = self.institution(&self.certificate.owner)?;
        if !duty(&institution.duties) {
            return Err(Refusal::NotAllowed.into());
        }
        Ok((self.certificate.owner, institution))
    }

    /// An institution.
    pub fn institution(&self, bid: &Bid) -> Result<Institution, Halt> {
        let missing = || Halt::State(StateError(format!("institution {bid} of an officer is missing")));
        self.state.read(&Key::Institution(bid))?.ok_or_else(missing)
    }

    /// A member that is active.
    pub fn active_member(&self, bid: &Bid) -> Result<Member, Halt> {
        let member: Member = self.state.load(&Key::Member(bid))?.ok_or(Refusal::UnknownMember)?;
        if member.status != MemberStatus::Active {
            return Err(Refusal::MemberNotActive.into());
        }
        Ok(member)
    }

    /// An active member that must be a citizen.
    pub fn active_citizen(&self, bid: &Bid) -> Result<(), Halt> {
        match self.active_member(bid)?.class {
            MemberClass::Citizen => Ok(()),
            MemberClass::Merchant(_) => Err(Refusal::NotACitizen.into()),
        }
    }

    /// An active member that must be a merchant.
    pub fn active_merchant(&self, bid: &Bid) -> Result<MerchantTerms, Halt> {
        match self.active_member(bid)?.class {
            MemberClass::Merchant(terms) => Ok(terms),
            MemberClass::Citizen => Err(Refusal::NotAMerchant.into()),
        }
    }

    /// The signer, who must be an active citizen with a device of their own.
    pub fn signing_citizen(&self) -> Result<Bid, Halt> {
        if self.certificate.role != Role::Holder {
            return Err(Refusal::NotAllowed.into());
        }
        self.active_citizen(&self.certificate.owner)?;
        Ok(self.certificate.owner)
    }

    /// A campaign.
    pub fn campaign(&self, id: CampaignId) -> Result<Campaign, Halt> {
        self.see_campaign(id, Campaign::clone)
    }

    /// What `see` makes of a campaign.
    pub fn see_campaign<T>(&self, id: CampaignId, see: impl FnOnce(&Campaign) -> T) -> Result<T, Halt> {
        let seen = self.state.see(&Key::Campaign(id), |campaign: &Campaign| see(campaign))?;
        Ok(seen.ok_or(Refusal::UnknownCampaign)?)
    }

    /// Stores a campaign.
    pub fn store_campaign(&mut self, id: CampaignId, campaign: Campaign) {
        self.state.store(&Key::Campaign(id), campaign);
    }

    /// Changes a campaign's supply record.
    pub fn change_supply(
        &mut self,
        id: CampaignId,
        change: impl FnOnce(&mut Supply) -> Option<()>,
    ) -> Result<(), Halt> {
        let mut supply: Supply = self.state.read(&Key::Supply(id))?.unwrap_or_default();
        change(&mut supply).ok_or(Refusal::AmountOutOfRange)?;
        self.state.write(&Key::Supply(id), &supply);
        Ok(())
    }

    /// The lots of an account; an account without coin reads as empty.
    pub fn holdings(&self, owner: &Bid) -> Result<Holdings, Halt> {
        Ok(self.state.load(&Key::Holdings(owner))?.unwrap_or_default())
    }

    /// Stores the lots of an account and says its balance.
    pub fn store_holdings(&mut self, owner: &Bid, holdings: Holdings) {
        let total = holdings.total();
        self.state.store(&Key::Holdings(owner), holdings);
        self.effect(Effect::Balance { owner: *owner, total });
    }

    /// Says that coin went into a lot.
    pub fn lot_added(&mut self, owner: &Bid, lot: Lot, amount: Amount) {
        self.effect(Effect::LotChanged { owner: *owner, lot, amount, added: true });
    }

    /// Says that coin was taken from a lot.
    pub fn lot_taken(&mut self, owner: &Bid, lot: Lot, amount: Amount) {
        self.effect(Effect::LotChanged { owner: *owner, lot, amount, added: false });
    }
}

/// An amount that a call may move: not zero, within the bound.
pub fn positive(amount: Amount) -> Result<(), Refusal> {
    if amount.is_zero() || amount.get() > MAX_AMOUNT { Err(Refusal::AmountOutOfRange) } else { Ok(()) }
}
