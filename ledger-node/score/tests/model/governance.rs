//! Offices, what they are there for, and what needs several officers.

use dure_score::{
    Bid, CertId, Effect, TxId,
    call::ProposedCall,
    record::{Duties, Role},
};

use super::{Answer, Ask, DAY, Model, no};

/// An institution.
#[derive(Clone, Debug)]
pub struct Office {
    pub duties: Duties,
    pub quorum: u64,
    /// When each open proposal lapses.
    pub lapses: Vec<u64>,
}

/// A proposal.
#[derive(Clone, Debug)]
pub struct Motion {
    pub office: Bid,
    pub call: ProposedCall,
    pub yes: Vec<CertId>,
    pub lapses: u64,
    pub done: bool,
}

fn concerns(call: &ProposedCall, duties: &Duties) -> bool {
    use ProposedCall as P;
    match call {
        P::CampaignOpen(_) | P::TokenIssue(_) | P::CampaignAmend(_) | P::CampaignClose(_) => duties.funder,
        P::AccountUnfreeze(_) | P::AccountRebind(_) => duties.registrar,
        P::ScoreRegister(_) | P::ScoreActivate(_) | P::ValidatorsUpdate(_) => duties.operator,
        P::CertificateIssue(_) | P::CertificateRevoke(_) => true,
    }
}

impl Model {
    /// The signer's office, if it has the duty.
    pub fn officer(&self, ask: &Ask, duty: impl Fn(&Duties) -> bool) -> Answer<Bid> {
        let office = self.offices.get(&ask.device.owner);
        match office {
            Some(office) if ask.device.role == Role::Officer && duty(&office.duties) => Ok(ask.device.owner),
            _ => no("NOT_ALLOWED", &[]),
        }
    }

    /// A call for a quorum, by one officer alone.
    pub fn alone(&mut self, ask: &Ask, call: &ProposedCall) -> Answer {
        let office = self.officer(ask, |duties| concerns(call, duties))?;
        match self.offices[&office].quorum {
            0 | 1 => self.execute(ask, office, call),
            quorum => no("QUORUM_REQUIRED", &[quorum]),
        }
    }

    pub fn propose(&mut self, ask: &Ask, call: &ProposedCall) -> Answer {
        let office = self.officer(ask, |duties| concerns(call, duties))?;
        let quorum = self.offices[&office].quorum;
        let open: Vec<u64> =
            self.offices[&office].lapses.iter().copied().filter(|at| *at > ask.now).collect();
        if open.len() >= 256 {
            return no("TOO_MANY_PROPOSALS", &[256]);
        }
        let lapses = ask.now + 14 * DAY;
        let done = quorum <= 1;
        self.told.push(Effect::Proposed { proposal: ask.id, institution: office });
        if done {
            self.execute(ask, office, call)?;
        } else {
            let mut open = open;
            open.push(lapses);
            self.offices.get_mut(&office).unwrap().lapses = open;
        }
        let motion = Motion { office, call: call.clone(), yes: vec![ask.signer], lapses, done };
        self.motions.insert(ask.id, motion);
        Ok(())
    }

    pub fn approve(&mut self, ask: &Ask, proposal: TxId) -> Answer {
        let Some(motion) = self.motions.get(&proposal).cloned() else { return no("UNKNOWN_PROPOSAL", &[]) };
        let office = self.officer(ask, |_| true)?;
        if office != motion.office {
            return no("NOT_ALLOWED", &[]);
        }
        if motion.done || motion.lapses <= ask.now {
            return no("PROPOSAL_CLOSED", &[]);
        }
        if motion.yes.contains(&ask.signer) {
            return no("ALREADY_APPROVED", &[]);
        }
        let mut yes = motion.yes.clone();
        yes.retain(|id| !self.devices[id].ended);
        yes.push(ask.signer);
        let done = yes.len() as u64 >= self.offices[&office].quorum;
        let approvals = yes.len() as u32;
        self.told.push(Effect::Approved { proposal, approvals, executed: done });
        if done {
            self.execute(ask, office, &motion.call)?;
            let lapses = &mut self.offices.get_mut(&office).unwrap().lapses;
            if let Some(at) = lapses.iter().position(|at| *at == motion.lapses) {
                lapses.remove(at);
            }
        }
        self.motions.insert(proposal, Motion { yes, done, ..motion });
        Ok(())
    }

    fn execute(&mut self, ask: &Ask, office: Bid, call: &ProposedCall) -> Answer {
        use ProposedCall as P;
        match call {
            P::CampaignOpen(call) => self.open_campaign(office, call),
            P::TokenIssue(call) => self.issue(office, call.campaign.0, call.amount.get()),
            P::CampaignAmend(call) => self.amend(office, call.campaign.0, &call.terms),
            P::CampaignClose(call) => self.close_campaign(office, call.campaign.0),
            P::AccountUnfreeze(call) => self.unfreeze(call.member),
            P::AccountRebind(call) => self.rebind(call, ask.now),
            P::CertificateIssue(call) => self.new_officer(office, call, ask.now),
            P::CertificateRevoke(call) => self.end_officer(office, call.certificate),
            P::ScoreRegister(call) => self.register_version(call),
            P::ScoreActivate(call) => self.activate_version(call, ask.height),
            P::ValidatorsUpdate(call) => self.change_seats(&call.validators, ask.height),
        }
    }
}
