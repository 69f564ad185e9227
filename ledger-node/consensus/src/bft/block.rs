//! Our block in the engine's terms: its digest, its place in the chain, its codec.

use std::sync::Arc;

use bytes::BufMut;
use commonware_codec::{Buf, EncodeSize, Error as CodecError, Read, Write};
use commonware_consensus::simplex::types::Context;
use commonware_consensus::types::{Epoch, Height, Round, View};
use commonware_consensus::{Block as ConsensusBlock, BoundedBlock, CertifiableBlock, Heightable};
use commonware_cryptography::{Digested, Digestible, ed25519, sha256};

use crate::block::MAX_ENCODED_BYTES;
use crate::{Block, DecodeError, keys};

pub(super) type Digest = sha256::Digest;
pub(super) type PublicKey = ed25519::PublicKey;
pub(super) type ViewContext = Context<Digest, PublicKey>;

/// A block with what the engine asks for again and again: its digest and its consensus context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EngineBlock {
    block: Arc<Block>,
    digest: Digest,
    context: ViewContext,
}

impl EngineBlock {
    /// Fails only if the header's proposer is not a public key.
    pub(super) fn new(block: Block) -> Result<Self, DecodeError> {
        let header = &block.header;
        let context = Context {
            round: Round::new(Epoch::new(header.epoch), View::new(header.view)),
            leader: keys::public(&header.proposer).ok_or(DecodeError::Proposer)?,
            parent: (View::new(header.parent_view), sha256::Digest(header.parent)),
        };
        let digest = sha256::Digest(header.digest());
        Ok(Self { block: Arc::new(block), digest, context })
    }

    pub(super) fn block(&self) -> &Arc<Block> {
        &self.block
    }

    pub(super) fn digested(self) -> Digested<Self> {
        let digest = self.digest;
        Digested::precomputed(self, digest)
    }
}

impl Write for EngineBlock {
    fn write(&self, buf: &mut impl BufMut) {
        self.block.write(buf);
    }
}

impl EncodeSize for EngineBlock {
    fn encode_size(&self) -> usize {
        self.block.encoded_len()
    }
}

impl Read for EngineBlock {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, CodecError> {
        let block = Block::read(buf).and_then(Self::new);
        block.map_err(|error| CodecError::Wrapped("block", Box::new(error)))
    }
}

impl Digestible for EngineBlock {
    type Digest = Digest;

    fn digest(&self) -> Digest {
        self.digest
    }
}

impl Heightable for EngineBlock {
    fn height(&self) -> Height {
        Height::new(self.block.header.height)
    }
}

impl ConsensusBlock for EngineBlock {
    fn parent(&self) -> Digest {
        sha256::Digest(self.block.header.parent)
    }
}

impl CertifiableBlock for EngineBlock {
    type Context = ViewContext;

    fn context(&self) -> ViewContext {
        self.context.clone()
    }
}

impl BoundedBlock for EngineBlock {
    fn max_encode_size((): &()) -> usize {
        MAX_ENCODED_BYTES
    }
}
