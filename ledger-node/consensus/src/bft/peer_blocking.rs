//! Who sends what no honest validator sends is disconnected, and counted.
//!
//! The engine blocks the sender of a vote or a certificate that cannot be read or whose signature is bad, and of an answer that is
//! not what was asked for. What cannot be read on the other channels it would drop without a word, so that a broken or hostile peer
//! could go on for ever: here the form of every message is looked at before any part of the engine gets it. A blocked peer
//! loses its connection and may come back after a while ([`super::network`]).

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use commonware_actor::Feedback;
use commonware_codec::varint::UInt;
use commonware_codec::{Decode as _, DecodeExt as _, ReadExt as _};
use commonware_consensus::marshal::resolver::handler::Key;
use commonware_p2p::{BlockedSubscription, Blocker, Message, Receiver};
use commonware_runtime::IoBuf;
use commonware_utils::sequence::U64;

use super::block::{Digest, EngineBlock, PublicKey};
use super::setup::Channels;
use crate::Application;

/// Blocks peers, and tells the application of each time.
#[derive(Clone)]
pub(super) struct Counted<B> {
    inner: B,
    app: Arc<dyn Application>,
}

impl<B> Counted<B> {
    pub(super) fn new(inner: B, app: &Arc<dyn Application>) -> Self {
        Self { inner, app: Arc::clone(app) }
    }
}

impl<B: Blocker<PublicKey = PublicKey>> Blocker for Counted<B> {
    type PublicKey = PublicKey;

    fn block(&mut self, peer: PublicKey) -> Feedback {
        if let Ok(key) = <[u8; 32]>::try_from(peer.as_ref()) {
            self.app.peer_blocked(&key);
        }
        self.inner.block(peer)
    }

    fn blocked(&mut self) -> BlockedSubscription<PublicKey> {
        self.inner.blocked()
    }
}

/// What a message on a channel must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// An epoch, and what that epoch's engine judges itself.
    OfEpoch,
    /// An epoch, and a question for certificates or an answer.
    Certificates,
    /// A question for blocks or an answer.
    Blocks,
    /// A block.
    Block,
}

impl Form {
    fn fits(self, message: &IoBuf) -> bool {
        let mut rest = message.clone();
        match self {
            Self::OfEpoch => UInt::<u64>::read(&mut rest).is_ok(),
            Self::Certificates => {
                UInt::<u64>::read(&mut rest).is_ok() && is_exchange(rest, |key| U64::decode(key).is_ok())
            }
            Self::Blocks => is_exchange(rest, |key| Key::<Digest>::decode(key).is_ok()),
            Self::Block => EngineBlock::decode(rest).is_ok(),
        }
    }
}

/// Whether this is a number, and a question, an answer or *I cannot answer*, and nothing else.
fn is_exchange(mut message: IoBuf, is_key: impl Fn(IoBuf) -> bool) -> bool {
    let kind = u64::read(&mut message).and_then(|_| u8::read(&mut message));
    match kind {
        Ok(0) => is_key(message),
        Ok(1) => Bytes::decode_cfg(message, &(..).into()).is_ok(),
        Ok(2) => message.is_empty(),
        _ => false,
    }
}

/// A channel on which only messages of its form arrive.
pub(super) struct Mannered<R, B> {
    inner: R,
    blocker: B,
    form: Form,
}

impl<R: fmt::Debug, B> fmt::Debug for Mannered<R, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mannered").field("inner", &self.inner).field("form", &self.form).finish()
    }
}

impl<R, B> Receiver for Mannered<R, B>
where
    R: Receiver<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
{
    type Error = R::Error;
    type PublicKey = PublicKey;

    async fn recv(&mut self) -> Result<Message<PublicKey>, R::Error> {
        loop {
            let (peer, message) = self.inner.recv().await?;
            if self.form.fits(&message) {
                return Ok((peer, message));
            }
            commonware_p2p::block!(self.blocker, peer, form = ?self.form, "a message that cannot be read");
        }
    }

    fn capacity(&self) -> NonZeroUsize {
        self.inner.capacity()
    }
}

impl<S, R> Channels<S, R> {
    /// The same channels for well-mannered peers only.
    pub(super) fn mannered<B: Clone>(self, blocker: &B) -> Channels<S, Mannered<R, B>> {
        let over =
            |(sender, inner): (S, R), form| (sender, Mannered { inner, blocker: blocker.clone(), form });
        Channels {
            vote: over(self.vote, Form::OfEpoch),
            certificate: over(self.certificate, Form::OfEpoch),
            resolver: over(self.resolver, Form::Certificates),
            backfill: over(self.backfill, Form::Blocks),
            broadcast: over(self.broadcast, Form::Block),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commonware_codec::Encode as _;

    fn exchange(tag: u8, rest: &[u8]) -> Vec<u8> {
        [7u64.to_be_bytes().as_slice(), &[tag], rest].concat()
    }

    fn fits(form: Form, message: &[u8]) -> bool {
        form.fits(&IoBuf::from(message.to_vec()))
    }

    #[test]
    fn questions_and_answers_are_told_from_noise() {
        let question = exchange(0, &U64::new(9).encode());
        let answer = exchange(1, &Bytes::from_static(b"a certificate").encode());
        let in_epoch = |message: &[u8]| [UInt(300u64).encode().as_ref(), message].concat();
        for good in [&question, &answer, &exchange(2, &[])] {
            assert!(fits(Form::Certificates, &in_epoch(good)), "{good:02x?}");
            for cut in 0..good.len() {
                let part = in_epoch(good.split_at(cut).0);
                assert!(!fits(Form::Certificates, &part), "{good:02x?} up to {cut}");
            }
            assert!(!fits(Form::Certificates, &in_epoch(&[good.as_slice(), &[0]].concat())));
        }
        assert!(!fits(Form::Certificates, &in_epoch(&exchange(3, &[]))));
        assert!(!fits(Form::OfEpoch, &[0xff; 11]), "no epoch is so large");
        let height = Key::<Digest>::Finalized { height: commonware_consensus::types::Height::new(3) };
        assert!(fits(Form::Blocks, &exchange(0, &height.encode())));
        assert!(!fits(Form::Blocks, &exchange(0, &[9; 33])));
        assert!(!fits(Form::Block, b"no block"));
    }
}
