//! Versions of the contract, and the validators.

use std::collections::BTreeMap;

use dure_score::{
    Effect, Hash32,
    call::{ScoreActivate, ScoreRegister},
    ids::Address,
    record::ValidatorSeat,
};

use super::{Answer, Model, no, people::weak};

/// Validators: key → address, in order of key bytes.
pub type Seats = BTreeMap<[u8; 32], Option<Address>>;

/// What is known of the contract `token`.
#[derive(Clone, Debug)]
pub struct Registry {
    pub active: u32,
    /// Version 2, 3, … and what names their rules.
    pub later: Vec<Hash32>,
    /// A version, and the height from which it will apply.
    pub waiting: Option<(u32, u64)>,
}

impl Registry {
    pub fn first() -> Self {
        Self { active: 1, later: Vec::new(), waiting: None }
    }

    pub fn last(&self) -> u32 {
        1 + self.later.len() as u32
    }

    /// The chain has come to `height`.
    pub fn reach(&mut self, height: u64) {
        if let Some((version, from)) = self.waiting
            && from <= height
        {
            (self.active, self.waiting) = (version, None);
        }
    }

    pub fn register(&mut self, call: &ScoreRegister) -> Answer {
        if call.name.as_str() != "token" {
            return no("UNKNOWN_SCORE", &[]);
        }
        if call.version != self.last() + 1 || self.last() >= 256 {
            return no("SCORE_VERSION", &[u64::from(self.last()) + 1]);
        }
        self.later.push(call.code_hash);
        Ok(())
    }

    pub fn activate(&mut self, call: &ScoreActivate, height: u64) -> Answer {
        if call.name.as_str() != "token" || !(1..=self.last()).contains(&call.version) {
            return no("UNKNOWN_SCORE", &[]);
        }
        if call.version == self.active || self.waiting.is_some() {
            return no("SCORE_PENDING", &[]);
        }
        if call.version < self.active {
            return no("SCORE_VERSION", &[u64::from(self.active) + 1]);
        }
        if call.at_height < height + 8 {
            return no("SCORE_TOO_SOON", &[height + 8]);
        }
        self.waiting = Some((call.version, call.at_height));
        Ok(())
    }
}

impl Model {
    pub fn register_version(&mut self, call: &ScoreRegister) -> Answer {
        self.registry.register(call)?;
        let (name, version, code_hash) = (call.name.clone(), call.version, call.code_hash);
        self.told.push(Effect::ScoreRegistered { name, version, code_hash });
        Ok(())
    }

    pub fn activate_version(&mut self, call: &ScoreActivate, height: u64) -> Answer {
        self.registry.activate(call, height)?;
        let (name, version, at_height) = (call.name.clone(), call.version, call.at_height);
        self.told.push(Effect::ScoreScheduled { name, version, at_height });
        Ok(())
    }

    pub fn change_seats(&mut self, seats: &[ValidatorSeat], height: u64) -> Answer {
        let new: Seats =
            seats.iter().map(|seat| (*seat.public_key.as_bytes(), seat.address.clone())).collect();
        let bad_key = seats.iter().any(|seat| weak(&seat.public_key));
        if !(4..=64).contains(&seats.len()) || new.len() != seats.len() || bad_key {
            return no("BAD_VALIDATORS", &[]);
        }
        let epoch = height / self.epoch_blocks;
        let (last, _) = self.seats.last_key_value().unwrap();
        if *last > epoch {
            return no("VALIDATORS_PENDING", &[*last]);
        }
        if self.seats.len() >= 4_096 {
            return no("BAD_VALIDATORS", &[]);
        }
        let old = &self.seats[last];
        let limit = (old.len() as u64 - 1) / 3;
        if old.keys().filter(|key| !new.contains_key(*key)).count() as u64 > limit {
            return no("VALIDATORS_TOO_DIFFERENT", &[limit]);
        }
        let newcomers = (new.len() as u64 - 1) / 3;
        let joining = new.keys().filter(|key| !old.contains_key(*key)).count() as u64;
        if old.len() >= 4 && joining > newcomers {
            return no("VALIDATORS_TOO_DIFFERENT", &[newcomers]);
        }
        self.told.push(Effect::ValidatorsChanged { from_epoch: epoch + 2, validators: new.len() as u32 });
        self.seats.insert(epoch + 2, new);
        Ok(())
    }
}
