//! Blocks for other nodes, as they are stored: see [`crate::sync::follow`].

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};
use utoipa::IntoParams;

use super::{Api, problem::Problem};
use crate::sync::follow::wire::{MAX_BLOCKS, read_blocks};

/// Longest wait for the first block, ms.
const MAX_WAIT_MS: u64 = 10_000;

/// Which blocks, and how long to wait for the first.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// First height, at least 1.
    from: u64,
    /// Last height, less than 256 above the first.
    to: u64,
    /// How long to wait while there is no block at `from`, ms; at most 10 000.
    #[serde(default)]
    wait_ms: u64,
}

/// Final blocks as a CBOR array of `[header, [transaction], certificate / null]`, as far as there are any; fewer when they are large.
#[utoipa::path(get, path = "/v1/sync/blocks", params(Wanted), responses(
    (status = 200, body = Vec<u8>, content_type = "application/cbor"), (status = 400, body = Problem),
    (status = 410, body = Problem, description = "this node has pruned them, or began after them")))]
pub(super) async fn blocks(api: web::Data<Api>, wanted: web::Query<Wanted>) -> Result<HttpResponse, Problem> {
    let Wanted { from, to, wait_ms } = wanted.into_inner();
    if from == 0 || to < from || to.saturating_sub(from) >= MAX_BLOCKS {
        return Err(Problem::bad("BAD_RANGE", format!("1 ≤ from ≤ to, and at most {MAX_BLOCKS} blocks")));
    }
    let pruned = api.ledger.pruned()?;
    if from <= pruned {
        return Err(Problem::pruned(pruned));
    }
    let deadline = Instant::now() + Duration::from_millis(wait_ms.min(MAX_WAIT_MS));
    let mut head = api.ledger.watch();
    while head.borrow_and_update().height < from {
        if !matches!(timeout_at(deadline, head.changed()).await, Ok(Ok(()))) {
            break;
        }
    }
    let blocks = web::block(move || read_blocks(&api.ledger, from, to)).await??;
    Ok(HttpResponse::Ok().content_type("application/cbor").body(dure_score::codec::encode(&blocks)))
}
