//! Holds back our first vote for a block whose time is far from our clock.
//!
//! Clocks differ between validators and move on, so they may only decide *when* a validator votes, never
//! whether a block that others already certified is valid: validators that disagreed for ever about that
//! would stop the chain. Hence the rule sits in front of the first vote only. A block from the future waits
//! until its time is near; a block from the past gets no vote from us. If a quorum saw it in time all the
//! same, we follow the quorum.

use std::sync::Arc;
use std::time::Duration;

use commonware_consensus::marshal::core::DigestFallback;
use commonware_consensus::types::Round;
use commonware_consensus::{Automaton, CertifiableAutomaton, Handoff};
use commonware_macros::select;
use commonware_runtime::{Clock, Spawner};
use commonware_utils::channel::fallible::OneshotExt as _;
use commonware_utils::channel::oneshot;

use super::block::{Digest, ViewContext};
use super::bounds::MarshalMailbox;
use super::proposer::now_ms;

/// How far a block's time may be from a validator's clock, in milliseconds, for the validator to vote for it.
const MAX_DRIFT_MS: u64 = 2_000;

/// An automaton that asks `inner` and, before it passes on a yes, looks at the clock.
pub(super) struct Fresh<E, A> {
    context: Arc<E>,
    inner: A,
    marshal: MarshalMailbox,
}

impl<E, A: Clone> Clone for Fresh<E, A> {
    fn clone(&self) -> Self {
        Self { context: Arc::clone(&self.context), inner: self.inner.clone(), marshal: self.marshal.clone() }
    }
}

impl<E, A> Fresh<E, A> {
    pub(super) fn new(context: E, inner: A, marshal: MarshalMailbox) -> Self {
        Self { context: Arc::new(context), inner, marshal }
    }
}

impl<E, A> Automaton for Fresh<E, A>
where
    E: Clock + Spawner,
    A: Automaton<Context = ViewContext, Digest = Digest>,
{
    type Context = ViewContext;
    type Digest = Digest;

    async fn propose(&mut self, context: ViewContext) -> oneshot::Receiver<Digest> {
        self.inner.propose(context).await
    }

    async fn verify(&mut self, context: ViewContext, digest: Digest) -> oneshot::Receiver<bool> {
        // The last block of an epoch is proposed again until it is final. It was fresh once; if it had to be so
        // again, a pause of two seconds at that point would stop the chain for good.
        if context.parent.1 == digest {
            return self.inner.verify(context, digest).await;
        }
        let block = self.marshal.subscribe_by_digest(digest, DigestFallback::Wait);
        let verdict = self.inner.verify(context, digest).await;
        let (mut answer, receiver) = oneshot::channel();
        self.context.child("freshness").spawn(move |clock| async move {
            let judged = async {
                let valid = verdict.await.ok()?;
                if !valid {
                    return Some(false);
                }
                let time_ms = block.await.ok()?.inner().block().header.time_ms;
                near(&clock, time_ms).await;
                Some(true)
            };
            select! {
                _ = answer.closed() => {},
                valid = judged => {
                    if let Some(valid) = valid {
                        answer.send_lossy(valid);
                    }
                },
            }
        });
        receiver
    }
}

impl<E, A> CertifiableAutomaton for Fresh<E, A>
where
    E: Clock + Spawner,
    A: CertifiableAutomaton<Context = ViewContext, Digest = Digest>,
{
    async fn prepare(&mut self, context: ViewContext) -> oneshot::Receiver<Handoff<Digest>> {
        self.inner.prepare(context).await
    }

    async fn certify(&mut self, round: Round, digest: Digest) -> oneshot::Receiver<bool> {
        self.inner.certify(round, digest).await
    }
}

/// Resolves when `time_ms` is within the allowed drift of the clock; never if it lies too far back.
async fn near(clock: &impl Clock, time_ms: u64) {
    let now = now_ms(clock);
    if time_ms.saturating_add(MAX_DRIFT_MS) < now {
        tracing::warn!(time_ms, now, "no vote: the block's time is too far behind this clock");
        return futures::future::pending().await;
    }
    let ahead = time_ms.saturating_sub(now.saturating_add(MAX_DRIFT_MS));
    if ahead > 0 {
        tracing::warn!(time_ms, now, "vote delayed: the block's time is too far ahead of this clock");
        clock.sleep(Duration::from_millis(ahead)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commonware_runtime::{Runner as _, deterministic};

    #[test]
    fn waits_for_the_future_and_never_answers_for_the_past() {
        deterministic::Runner::timed(Duration::from_secs(120)).start(|clock| async move {
            clock.sleep(Duration::from_secs(10)).await;
            let now = now_ms(&clock);
            near(&clock, now - MAX_DRIFT_MS).await;
            near(&clock, now + MAX_DRIFT_MS).await;
            assert_eq!(now_ms(&clock), now, "within the drift nothing waits");
            near(&clock, now + MAX_DRIFT_MS + 700).await;
            assert_eq!(now_ms(&clock), now + 700);
            select! {
                _ = near(&clock, now - MAX_DRIFT_MS) => { panic!("answered for a block of the past") },
                _ = clock.sleep(Duration::from_secs(60)) => {},
            }
        });
    }
}
