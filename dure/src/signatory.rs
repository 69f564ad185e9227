//! Somebody whose key the launcher holds: numbers, signs, submits, waits for finality.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use dure_ledger_client::{KeyFile, LedgerClient, Signer, sign_transaction};
use dure_score::{Call, CertId, ChainId, Receipt, SignedTx, Transaction, limits::MINUTE_MS};

use crate::{
    error::DureError,
    setup::{Deployment, Layout},
};

/// How long a call of ours may wait to become final: two orders of magnitude more than it takes.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody who signs: an officer with a key file, or a device of the scripted run.
pub struct Signatory {
    signer: Box<dyn Signer>,
    client: LedgerClient,
    chain: ChainId,
    certificate: CertId,
    /// Highest number used so far: a node that has just come back may not know of it yet.
    used: AtomicU64,
}

impl Deployment {
    /// The officer whose key file is called `name`.
    pub fn key(&self, name: &str, client: &LedgerClient) -> Result<Signatory, DureError> {
        Signatory::open(&self.layout, name, &self.passphrase, client, &self.chain)
    }
}

impl Signatory {
    /// Opens the key file `name`.
    pub fn open(
        layout: &Layout,
        name: &str,
        passphrase: &str,
        client: &LedgerClient,
        chain: &ChainId,
    ) -> Result<Self, DureError> {
        let key = KeyFile::open(&layout.key(name), passphrase)
            .map_err(|error| DureError::Key { name: name.to_owned(), reason: error.to_string() })?;
        Ok(Self::new(Box::new(key), client, chain))
    }

    /// Signs with `signer`.
    pub fn new(signer: Box<dyn Signer>, client: &LedgerClient, chain: &ChainId) -> Self {
        let certificate = signer.public_key().certificate_id(chain);
        let used = AtomicU64::new(0);
        Self { signer, client: client.clone(), chain: chain.clone(), certificate, used }
    }

    /// The certificate under which it signs.
    pub const fn certificate(&self) -> CertId {
        self.certificate
    }

    /// Signs `call` under the certificate's next number, valid for five minutes of block time.
    pub async fn sign(&self, call: Call) -> Result<SignedTx, DureError> {
        let nonce = self.next_nonce().await?;
        self.sign_as(call, nonce).await
    }

    /// A number above all that the ledger has seen and all that were given out here.
    async fn next_nonce(&self) -> Result<u64, DureError> {
        let known = self.client.certificate(&self.certificate).await?;
        let known = known.map_or(0, |info| info.highest_nonce);
        self.used.fetch_max(known, Ordering::SeqCst);
        Ok(self.used.fetch_add(1, Ordering::SeqCst).saturating_add(1))
    }

    /// Signs `call` under the number `nonce`.
    pub async fn sign_as(&self, call: Call, nonce: u64) -> Result<SignedTx, DureError> {
        self.sign_exactly(&self.transaction(call, nonce).await?)
    }

    /// The receipt that `call` would get now; nothing happens and no number is used.
    pub async fn dry_run(&self, call: Call) -> Result<Receipt, DureError> {
        let known = self.client.certificate(&self.certificate).await?;
        let nonce = known.map_or(0, |info| info.highest_nonce).saturating_add(1);
        Ok(self.client.dry_run(&self.transaction(call, nonce).await?).await?)
    }

    /// `call` under the number `nonce`, valid for five minutes of block time.
    async fn transaction(&self, call: Call, nonce: u64) -> Result<Transaction, DureError> {
        let now = self.client.status().await?.time_ms;
        let valid_until = now.saturating_add(5 * MINUTE_MS);
        Ok(Transaction { chain: self.chain.clone(), signer: self.certificate, nonce, valid_until, call })
    }

    /// Signs a transaction as it is.
    pub fn sign_exactly(&self, transaction: &Transaction) -> Result<SignedTx, DureError> {
        sign_transaction(&*self.signer, transaction).map_err(|error| DureError::Data(error.to_string()))
    }

    /// Sends many calls under consecutive numbers, all on their way at once, and waits for every receipt.
    /// At most 100: the ledger accepts numbers out of order within a window of 128.
    pub async fn send_all(&self, calls: Vec<Call>) -> Result<(), DureError> {
        for batch in calls.chunks(100) {
            let mut sent = Vec::with_capacity(batch.len());
            for call in batch {
                let signed = self.sign(call.clone()).await?;
                self.client.submit(&signed).await?;
                sent.push((call.name(), signed));
            }
            for (name, signed) in sent {
                applied(name, self.client.submit_and_wait(&signed, PATIENCE).await?)?;
            }
        }
        Ok(())
    }

    /// Sends `call` and waits for its receipt; a refusal is an error.
    pub async fn send(&self, call: Call) -> Result<Receipt, DureError> {
        let name = call.name();
        let signed = self.sign(call).await?;
        applied(name, self.client.submit_and_wait(&signed, PATIENCE).await?)
    }
}

fn applied(what: &str, receipt: Receipt) -> Result<Receipt, DureError> {
    match receipt.refusal() {
        None => Ok(receipt),
        Some(refusal) => Err(DureError::Refused { what: what.to_owned(), code: refusal.code().to_owned() }),
    }
}
