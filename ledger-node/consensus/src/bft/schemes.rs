//! Who signs in which epoch: the application's validator sets as the engine's signing schemes.

use std::collections::BTreeMap;
use std::sync::Arc;

use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::types::Epoch;
use commonware_cryptography::certificate::{Provider, Scoped};
use commonware_cryptography::ed25519;
use parking_lot::Mutex;

use crate::{Application, Validator, keys};

/// Epochs whose schemes are kept at hand; certificates mostly come from the newest two. Catching up through
/// older ones asks the application again.
const KEPT: usize = 8;

/// The schemes of one chain. Cheap to clone.
#[derive(Clone)]
pub(super) struct Schemes(Arc<Inner>);

struct Inner {
    namespace: Vec<u8>,
    key: ed25519::PrivateKey,
    app: Arc<dyn Application>,
    known: Mutex<BTreeMap<u64, Scoped<Scheme>>>,
}

impl Schemes {
    pub(super) fn new(chain: &[u8], key: ed25519::PrivateKey, app: Arc<dyn Application>) -> Self {
        let namespace = keys::vote_namespace(chain);
        Self(Arc::new(Inner { namespace, key, app, known: Mutex::default() }))
    }

    /// The validators of `epoch`, once that is settled.
    pub(super) fn validators(&self, epoch: u64) -> Option<Vec<Validator>> {
        self.0.app.validators(epoch)
    }

    fn build(&self, epoch: u64) -> Option<Scoped<Scheme>> {
        let validators = self.validators(epoch)?;
        let public: Vec<[u8; 32]> = validators.iter().map(|validator| validator.public_key).collect();
        let set = match keys::participants(&public) {
            Ok(set) => set,
            Err(error) => {
                tracing::error!(epoch, %error, "the validators of an epoch cannot be used");
                return None;
            }
        };
        let signer = Scheme::signer(&self.0.namespace, set.clone(), self.0.key.clone());
        Some(match signer {
            Some(signer) => Scoped::scheme(Arc::new(signer)),
            None => Scoped::verifier(Arc::new(Scheme::verifier(&self.0.namespace, set))),
        })
    }
}

impl Provider for Schemes {
    type Scope = Epoch;
    type Scheme = Scheme;

    fn scoped(&self, epoch: Epoch) -> Option<Scoped<Scheme>> {
        let mut known = self.0.known.lock();
        if let Some(scoped) = known.get(&epoch.get()) {
            return Some(scoped.clone());
        }
        let scoped = self.build(epoch.get())?;
        known.insert(epoch.get(), scoped.clone());
        while known.len() > KEPT {
            known.pop_first();
        }
        Some(scoped)
    }
}
