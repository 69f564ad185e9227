//! The validators of an epoch, and where to reach them: the ledger says both, the configuration may say the latter.

use std::{
    collections::HashMap,
    net::{SocketAddr, ToSocketAddrs as _},
    time::{Duration, Instant},
};

use dure_chain::epoch::epoch_of;
use dure_consensus::Validator;
use dure_score::PublicKey;
use parking_lot::Mutex;

use crate::{
    config::ValidatorAddress,
    history::ledger::Ledger,
    state::validators::{epoch_blocks, in_force},
    store::StoreError,
};

/// How long what a name stands for is believed: a look-up may block.
const BELIEVED: Duration = Duration::from_secs(60);

/// How long it is believed that a name stands for nothing: a validator whose name was slow to appear is reached soon after.
const UNKNOWN: Duration = Duration::from_secs(1);

/// Most names that are remembered: all validators of two full sets.
const MAX_NAMES: usize = 128;

/// What is known of a name, and since when.
type Found = (Instant, Option<SocketAddr>);

/// The validators' places.
#[derive(Default)]
pub struct EpochValidators {
    configured: HashMap<PublicKey, SocketAddr>,
    names: Mutex<HashMap<String, Found>>,
}

impl EpochValidators {
    /// With the addresses of the configuration, which count more than the ledger's.
    pub fn new(configured: &[ValidatorAddress]) -> Self {
        let configured = configured.iter().map(|seat| (seat.public_key, seat.address)).collect();
        Self { configured, names: Mutex::default() }
    }

    /// The validators of `epoch`; `None` while a block to come may still change them.
    pub fn of(&self, ledger: &Ledger, epoch: u64) -> Result<Option<Vec<Validator>>, StoreError> {
        let (view, head) = ledger.view()?;
        let settled = epoch_of(head.height.saturating_add(1), epoch_blocks(&*view)?).saturating_add(1);
        if epoch > settled {
            return Ok(None);
        }
        let set = in_force(&*view, epoch)?;
        let validators = set.validators.iter().map(|seat| Validator {
            public_key: *seat.public_key.as_bytes(),
            address: self.address(&seat.public_key, seat.address.as_ref().map(|address| address.as_str())),
        });
        Ok(Some(validators.collect()))
    }

    fn address(&self, key: &PublicKey, on_ledger: Option<&str>) -> Option<SocketAddr> {
        if let Some(configured) = self.configured.get(key) {
            return Some(*configured);
        }
        let text = on_ledger?;
        text.parse().ok().or_else(|| self.look_up(text))
    }

    fn look_up(&self, name: &str) -> Option<SocketAddr> {
        if let Some((since, found)) = self.names.lock().get(name)
            && since.elapsed() < if found.is_some() { BELIEVED } else { UNKNOWN }
        {
            return *found;
        }
        let found = match name.to_socket_addrs() {
            Ok(mut addresses) => addresses.next(),
            Err(error) => {
                tracing::warn!(name, %error, "a validator's address is not known to this machine");
                None
            }
        };
        let mut names = self.names.lock();
        if names.len() >= MAX_NAMES {
            names.clear();
        }
        names.insert(name.to_owned(), (Instant::now(), found));
        found
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_name_that_was_not_known_is_soon_looked_up_again() {
        let epoch_validators = EpochValidators::default();
        let (name, old) = ("localhost:80", SocketAddr::from(([192, 0, 2, 1], 9)));
        let after = |age: Duration, found| {
            let since = Instant::now().checked_sub(age).unwrap();
            epoch_validators.names.lock().insert(name.to_owned(), (since, found));
            epoch_validators.look_up(name)
        };
        assert_eq!(after(Duration::ZERO, None), None);
        assert!(after(UNKNOWN, None).is_some_and(|found| found.ip().is_loopback()));
        assert_eq!(after(UNKNOWN, Some(old)), Some(old));
        assert_ne!(after(BELIEVED, Some(old)), Some(old));
    }
}
