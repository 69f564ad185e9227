//! The node about itself.

use actix_web::{HttpResponse, web};
use dure_score::{ChainId, Genesis, Hash32, PublicKey};
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use crate::measure;

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
    /// The validators' keys, in the genesis' order.
    #[schema(value_type = Vec<String>)]
    validators: Vec<PublicKey>,
    /// Nodes to which transactions are passed on.
    peers: Vec<String>,
}

/// The node and its ledger now.
#[utoipa::path(get, path = "/v1/status", responses((status = 200, body = Status)))]
pub(super) async fn status(api: web::Data<Api>) -> web::Json<Status> {
    let head = api.ledger.head();
    web::Json(Status {
        chain: api.ledger.chain().clone(),
        node: api.node,
        height: head.height,
        digest: head.digest,
        state_root: head.state_root,
        time_ms: head.time_ms,
        mempool: api.pool.len(),
        validators: api.ledger.genesis().validators.clone(),
        peers: api.peers.clone(),
    })
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
