//! The node's side of consensus: content for blocks and a judgement of blocks, whether it votes or follows, who the validators of an
//! epoch are, and the key under which it votes.

pub mod application;
pub mod duty;
pub mod epoch_validators;
pub mod keys;
