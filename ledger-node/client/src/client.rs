//! The client's handle.

use std::{sync::Arc, time::Duration};

use dure_score::ChainId;

use crate::{identity::Identity, signer::Signer, transport::Transport};

/// Longest wait for a connection: nodes are near, and another one may be tried.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Longest wait for an ordinary answer, over and above what a request asks the node to wait.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A client of a ledger's nodes. Cheap to clone; clones share connections and the choice of node.
#[derive(Clone, Debug)]
pub struct LedgerClient {
    pub(crate) transport: Arc<Transport>,
}

impl LedgerClient {
    /// A client of the nodes at `urls`, such as `http://127.0.0.1:7101`, tried in turn when one is gone. Does not
    /// connect yet. With no URL every request is answered `Unavailable`.
    pub fn new(urls: Vec<String>) -> Self {
        Self { transport: Arc::new(Transport::new(urls, CONNECT_TIMEOUT)) }
    }

    /// The same nodes, asked in the name of `signer`: nodes that serve members only answer what its tier may see.
    pub fn with_identity(&self, chain: ChainId, signer: Arc<dyn Signer>) -> Self {
        Self { transport: Arc::new(self.transport.as_member(Identity::new(chain, signer))) }
    }

    /// The nodes' addresses, in the order given.
    pub fn urls(&self) -> &[String] {
        self.transport.urls()
    }
}
