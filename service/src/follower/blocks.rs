//! Blocks in order, each once, with the checkpoint. Call it inside one SQL transaction.

use dure_db::{
    DbConnection,
    checkpoints::{self, Checkpoint},
};
use dure_ledger_client::Block;

use super::face::Follower;
use crate::error::ServiceError;

/// Writes `blocks` in order and moves the checkpoint; those written before are skipped. A gap, or a block of another chain than
/// the one followed so far, is refused.
pub fn write<F: Follower>(
    connection: &mut DbConnection,
    blocks: &[Block],
    prepared: &F::Prepared,
) -> Result<F::News, F::Error> {
    let mut news = F::News::default();
    let mut last = checkpoints::get(connection, F::NAME)?;
    for block in blocks {
        let height = i64::try_from(block.height).map_err(|_| broken(block))?;
        if is_known(last.as_ref(), block, height)? {
            continue;
        }
        F::write(connection, block, prepared, &mut news)?;
        last = Some(Checkpoint { height, digest: block.digest.to_string() });
    }
    if let Some(last) = &last {
        checkpoints::set(connection, F::NAME, last.height, &last.digest)?;
    }
    Ok(news)
}

/// True if the block was written before; a failure if it does not continue what was.
fn is_known(last: Option<&Checkpoint>, block: &Block, height: i64) -> Result<bool, ServiceError> {
    let Some(last) = last else {
        return if height == 1 { Ok(false) } else { Err(broken(block)) };
    };
    if height < last.height {
        return Ok(true);
    }
    if height == last.height {
        return if last.digest == block.digest.to_string() { Ok(true) } else { Err(broken(block)) };
    }
    let continues = height == last.height.saturating_add(1) && last.digest == block.parent.to_string();
    if continues { Ok(false) } else { Err(broken(block)) }
}

const fn broken(block: &Block) -> ServiceError {
    ServiceError::BrokenChain { height: block.height }
}
