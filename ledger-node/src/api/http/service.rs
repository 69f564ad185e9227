//! The node about itself.

use actix_web::{HttpResponse, web};
use dure_chain::epoch::epoch_of;
use dure_score::{ChainId, Genesis, Hash32, PublicKey};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, problem::Problem};
use crate::{measure, state::validators};

/// The node and its ledger now.
#[derive(Serialize, ToSchema)]
pub(super) struct Status {
    /// The channel.
    #[schema(value_type = String)]
    chain: ChainId,
    /// This node's validator key.
    #[schema(value_type = String)]
    node: PublicKey,
    /// Height of the last applied block.
    height: u64,
    /// Its digest.
    #[schema(value_type = String)]
    digest: Hash32,
    /// State root after it.
    #[schema(value_type = String)]
    state_root: Hash32,
    /// Its time, ms.
    time_ms: u64,
    /// Transactions that wait for a block.
    mempool: usize,
    /// Epoch of the next block.
    epoch: u64,
    /// Keys of the validators of that epoch, in order.
    #[schema(value_type = Vec<String>)]
    validators: Vec<PublicKey>,
    /// Whether this node's key is among them.
    validator: bool,
    /// Nodes to which transactions are passed on.
    peers: Vec<String>,
    /// Height up to which this node keeps no transactions and receipts; 0 if it keeps all.
    pruned_height: u64,
    /// The disk.
    disk: DiskView,
}

/// The disk with the node's data.
#[derive(Serialize, ToSchema)]
pub(super) struct DiskView {
    /// Free bytes.
    free_bytes: u64,
    /// Free bytes below which no transaction is admitted.
    min_free_bytes: u64,
    /// Whether none is admitted for that reason now.
    full: bool,
}

/// The node and its ledger now.
#[utoipa::path(get, path = "/v1/status", responses((status = 200, body = Status)))]
pub(super) async fn status(api: web::Data<Api>) -> Result<web::Json<Status>, Problem> {
    let (view, head) = api.ledger.view()?;
    let epoch = epoch_of(head.height.saturating_add(1), validators::epoch_blocks(&*view)?);
    let seats = validators::in_force(&*view, epoch)?.validators;
    let validators: Vec<PublicKey> = seats.into_iter().map(|seat| seat.public_key).collect();
    let disk =
        DiskView { free_bytes: api.disk.free(), min_free_bytes: api.disk.least(), full: api.disk.is_full() };
    Ok(web::Json(Status {
        chain: api.ledger.chain().clone(),
        node: api.node,
        height: head.height,
        digest: head.digest,
        state_root: head.state_root,
        time_ms: head.time_ms,
        mempool: api.pool.len(),
        epoch,
        validator: validators.contains(&api.node),
        validators,
        peers: api.peers.clone(),
        pruned_height: api.ledger.pruned()?,
        disk,
    }))
}

/// The agreement before the first block.
#[utoipa::path(get, path = "/v1/genesis", responses((status = 200, body = Object)))]
pub(super) async fn genesis(api: web::Data<Api>) -> web::Json<Genesis> {
    web::Json(api.ledger.genesis().clone())
}

/// Answers as soon as the node serves.
#[utoipa::path(get, path = "/health", responses((status = 200, body = Object)))]
pub(super) async fn health() -> web::Json<serde_json::Value> {
    web::Json(serde_json::json!({ "status": "ok" }))
}

/// Metrics in Prometheus' text form.
#[utoipa::path(get, path = "/metrics", responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn metrics() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(measure::render())
}
