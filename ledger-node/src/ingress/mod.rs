//! A transaction's way in: admitted or refused, its signature checked once, waiting for a block, told to the other nodes, and its
//! sender told when it is final.

pub mod admission;
pub mod finality;
pub mod gossip;
pub mod pool;
pub mod signatures;
