//! The bank gateway: watches the bank's folder and turns deposits into coin.
//!
//! Exactly once through kills: a deposit is a row under the bank's reference before anything is sent; its charge is
//! stored under its purpose before it is sent; and the ledger's own record of the reference decides when in doubt.
//!
//! A deposit that the ledger refuses for a reason that may pass ([`letters::may_pass`]) is kept and tried again; its
//! owner is told by mail, once. Any other refusal is for a person.

use crate::bank::Outbox;
use crate::error::SettlementError;
use crate::ingest::take_files;
use crate::ledger::{Ledger, Officer, release};
use crate::repo::deposits::{self, Deposit};
use dure_db::{outbox, people};
use dure_score::call::TokenCharge;
use dure_score::ids::DepositRef;
use dure_score::{Amount, Bid, Call, CampaignId, Receipt, Refusal};
use std::future::Future;
use std::time::{Duration, Instant};

mod letters;

/// Deposits charged in one pass, so that files are read in between.
const CHARGES_PER_PASS: i64 = 100;
/// Deposits that wait and are tried again in one go; each refused try is a transaction on the ledger.
const RETRIES_AT_ONCE: i64 = 500;
/// Pause between two tries of the deposits that wait: an account has room again when its owner has spent.
const RETRY_EVERY: Duration = Duration::from_secs(10 * 60);
/// Pause after a failed pass, so that a ledger that is down is not hammered.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// A gateway at work.
pub struct Gateway<L> {
    /// Who charges.
    pub officer: Officer<L>,
    /// The bank's folder.
    pub outbox: Outbox,
    /// The collection account, which notifications must be about.
    pub account: String,
    /// Pause between two looks into it.
    pub poll: Duration,
}

impl<L: Ledger> Gateway<L> {
    /// Works until `stop` completes. Failures are logged and tried again; nothing is lost by them.
    pub async fn run(&self, stop: impl Future<Output = ()>) -> Result<(), SettlementError> {
        let mut stop = std::pin::pin!(stop);
        let mut retried: Option<Instant> = None;
        loop {
            let due = retried.is_none_or(|at| at.elapsed() >= RETRY_EVERY);
            let mut done = self.pass().await;
            if due && done.is_ok() {
                retried = Some(Instant::now());
                done = self.retry().await;
            }
            let pause = match done {
                Ok(_) => self.poll,
                Err(error) => {
                    tracing::error!(code = error.code(), "a pass of the gateway failed: {error}");
                    self.poll.max(PAUSE_AFTER_FAILURE)
                }
            };
            tokio::select! {
                () = &mut stop => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Reads the files that wait, then charges what is not charged. Answers how many deposits became coin.
    ///
    /// What fails for one file or deposit is logged and keeps no other waiting; what would fail for all of them ends the
    /// pass. Answers the first failure, if there was one, when the others are done.
    pub async fn pass(&self) -> Result<usize, SettlementError> {
        let mut failure = None;
        match take_files(&self.officer.db, &self.outbox, &self.account).await {
            Ok(_) => {}
            Err(error) if error.is_transient() => return Err(error),
            // The folder cannot be listed: what was read before is charged all the same.
            Err(error) => failure = Some(error),
        }
        let charged = self.charge_all(deposits::MATCHED, CHARGES_PER_PASS).await;
        failure.map_or(charged, Err)
    }

    /// Tries the deposits that wait once more. Answers how many became coin.
    pub async fn retry(&self) -> Result<usize, SettlementError> {
        self.charge_all(deposits::WAITING, RETRIES_AT_ONCE).await
    }

    /// Charges the deposits in a state; answers how many became coin, or the first failure when all were tried.
    async fn charge_all(&self, state: &'static str, limit: i64) -> Result<usize, SettlementError> {
        let found = self.officer.db.run(move |c| deposits::in_state(c, state, limit)).await?;
        let (mut charged, mut failure) = (0usize, None);
        for deposit in found {
            match self.charge(&deposit).await {
                Ok(true) => charged = charged.saturating_add(1),
                Ok(false) => {}
                Err(error) if error.is_transient() => return Err(error),
                Err(error @ SettlementError::Stored(_)) => self.set_aside(&deposit, &error).await?,
                Err(error) => {
                    let (reference, code) = (&deposit.reference, error.code());
                    tracing::error!(reference, code, "a deposit was not charged: {error}");
                    failure = failure.or(Some(error));
                }
            }
        }
        failure.map_or(Ok(charged), Err)
    }

    /// Leaves a deposit whose row cannot be used to a person, so that it takes no other's place in every pass.
    async fn set_aside(&self, deposit: &Deposit, error: &SettlementError) -> Result<(), SettlementError> {
        let id = deposit.reference.clone();
        tracing::error!(reference = id, "a deposit cannot be charged; a person must look: {error}");
        Ok(self.officer.db.run(move |c| deposits::mark_refused(c, &id, "STORED_DATA")).await?)
    }

    /// Charges one deposit; false if the ledger will not.
    async fn charge(&self, deposit: &Deposit) -> Result<bool, SettlementError> {
        let reference = DepositRef::new(&deposit.reference)
            .map_err(|error| SettlementError::Stored(format!("deposit {}: {error}", deposit.reference)))?;
        if let Some(done) = self.officer.ledger.deposit(&reference).await? {
            return self.charged(deposit, done.tx.to_string()).await;
        }
        let request = self.request(deposit, &reference).await?;
        let (to, purpose) = (request.to, format!("charge:{reference}"));
        let receipt = self.officer.act(&purpose, &Call::TokenCharge(request)).await?;
        match receipt.refusal() {
            None => self.charged(deposit, receipt.tx.to_string()).await,
            Some(Refusal::DepositUsed) => match self.officer.ledger.deposit(&reference).await? {
                Some(done) => self.charged(deposit, done.tx.to_string()).await,
                // The node that answered is behind the one that refused: the next pass sees it.
                None => Ok(false),
            },
            Some(refusal) if letters::may_pass(refusal, deposit.amount) => {
                self.wait(deposit, to, purpose, &receipt, refusal).await?;
                Ok(false)
            }
            Some(refusal) => {
                let (id, code) = (deposit.reference.clone(), refusal.code());
                tracing::error!(
                    reference = id,
                    code,
                    "the ledger will not charge a deposit; a person must look"
                );
                self.officer.db.run(move |c| deposits::mark_refused(c, &id, code)).await?;
                Ok(false)
            }
        }
    }

    /// Keeps a deposit for a later try, and tells its owner why when it begins to wait.
    async fn wait(
        &self,
        deposit: &Deposit,
        to: Bid,
        purpose: String,
        receipt: &Receipt,
        refusal: &Refusal,
    ) -> Result<(), SettlementError> {
        let (deposit, receipt, refusal) = (deposit.clone(), receipt.clone(), refusal.clone());
        let now = dure_db::now_ms();
        self.officer
            .db
            .transaction(move |c| {
                release(c, &purpose, &receipt)?;
                deposits::mark_waiting(c, &deposit.reference, refusal.code())?;
                if deposit.state == deposits::WAITING {
                    return Ok(());
                }
                let (reference, code) = (&deposit.reference, refusal.code());
                tracing::warn!(reference, code, "a deposit waits: the ledger will not charge it yet");
                if let Some(person) = people::by_bid(c, &to.to_string())? {
                    let letter = letters::waits(&person.lang, deposit.amount, &refusal);
                    outbox::queue(c, &person.email, &letter.subject, &letter.body, now)?;
                }
                Ok(())
            })
            .await
    }

    async fn request(
        &self,
        deposit: &Deposit,
        reference: &DepositRef,
    ) -> Result<TokenCharge, SettlementError> {
        let bad = |what: &str| SettlementError::Stored(format!("charge reference {}: {what}", deposit.code));
        let code = deposit.code.clone();
        let target = self.officer.db.run(move |c| deposits::charge_reference(c, &code)).await?;
        let target = target.ok_or_else(|| bad("gone"))?;
        let to: Bid = target.bid.parse().map_err(|_| bad("BID"))?;
        let campaign = u32::try_from(target.campaign).map_err(|_| bad("campaign"))?;
        Ok(TokenCharge {
            to,
            amount: Amount::new(crate::money::from_db(deposit.amount)?),
            deposit: reference.clone(),
            campaign: CampaignId(campaign),
        })
    }

    async fn charged(&self, deposit: &Deposit, tx: String) -> Result<bool, SettlementError> {
        let id = deposit.reference.clone();
        tracing::info!(reference = id, tx, "a deposit became coin");
        self.officer.db.run(move |c| deposits::mark_charged(c, &id, &tx)).await?;
        Ok(true)
    }
}
