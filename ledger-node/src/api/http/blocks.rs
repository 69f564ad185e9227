//! Looking blocks and their transactions up.

use actix_web::{HttpResponse, web};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_score::{Hash32, Receipt, TxId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Api, problem::Problem, view::BlockView};
use crate::store::record::TxPosition;

/// Blocks of one answer.
const MAX_RANGE: u64 = 100;

/// JSON that one answer of many blocks holds at most, bytes; the rest is for the next request.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

async fn block(api: web::Data<Api>, height: u64) -> Result<web::Json<BlockView>, Problem> {
    not_pruned(&api, height)?;
    let found = web::block(move || BlockView::read(&api.ledger, height)).await??;
    found.map(web::Json).ok_or_else(|| Problem::not_found("block"))
}

/// Refuses a height whose transactions and receipts are no longer here.
pub(super) fn not_pruned(api: &Api, height: u64) -> Result<(), Problem> {
    let pruned = api.ledger.pruned()?;
    if (1..=pruned).contains(&height) { Err(Problem::pruned(pruned)) } else { Ok(()) }
}

/// The last applied block.
#[utoipa::path(get, path = "/v1/blocks/latest", responses(
    (status = 200, body = BlockView), (status = 404, body = Problem, description = "before the first block")))]
pub(super) async fn latest(api: web::Data<Api>) -> Result<web::Json<BlockView>, Problem> {
    let height = api.ledger.head().height;
    block(api, height).await
}

/// The block at a height.
#[utoipa::path(get, path = "/v1/blocks/{height}", params(("height" = u64, Path)), responses(
    (status = 200, body = BlockView), (status = 404, body = Problem)))]
pub(super) async fn by_height(
    api: web::Data<Api>,
    height: web::Path<u64>,
) -> Result<web::Json<BlockView>, Problem> {
    block(api, height.into_inner()).await
}

/// The block with a digest.
#[utoipa::path(get, path = "/v1/blocks/by-hash/{digest}", params(("digest" = String, Path)), responses(
    (status = 200, body = BlockView), (status = 404, body = Problem)))]
pub(super) async fn by_hash(
    api: web::Data<Api>,
    digest: web::Path<Hash32>,
) -> Result<web::Json<BlockView>, Problem> {
    let height = api.ledger.height_of(&digest)?.ok_or_else(|| Problem::not_found("block"))?;
    block(api, height).await
}

/// A range of heights, both ends included.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Range {
    /// First height.
    from: u64,
    /// Last height, less than 100 above the first.
    to: u64,
}

/// The blocks of a range, as far as there are any; fewer when they are large.
#[utoipa::path(get, path = "/v1/blocks", params(Range), responses(
    (status = 200, body = Vec<BlockView>), (status = 400, body = Problem)))]
pub(super) async fn range(api: web::Data<Api>, range: web::Query<Range>) -> Result<HttpResponse, Problem> {
    let Range { from, to } = range.into_inner();
    if to < from || to.saturating_sub(from) >= MAX_RANGE {
        return Err(Problem::bad("BAD_RANGE", format!("from ≤ to, and at most {MAX_RANGE} blocks")));
    }
    not_pruned(&api, from.max(1))?;
    let json = web::block(move || read_range(&api, from.max(1), to)).await??;
    Ok(HttpResponse::Ok().content_type("application/json").body(json))
}

fn read_range(api: &Api, from: u64, to: u64) -> Result<String, Problem> {
    let mut json = String::from("[");
    // Up to the head that `/v1/status` would say now: a block is in the store a moment before everybody is told of it.
    let (_, head) = api.ledger.view()?;
    for height in from..=to.min(head.height) {
        let Some(block) = BlockView::read(&api.ledger, height)? else { break };
        let text =
            serde_json::to_string(&block).map_err(|error| Problem::bad("BLOCK_JSON", error.to_string()))?;
        if json.len() > 1 {
            if json.len().saturating_add(text.len()) > MAX_ANSWER {
                break;
            }
            json.push(',');
        }
        json.push_str(&text);
    }
    json.push(']');
    Ok(json)
}

/// A transaction of a block.
#[derive(Serialize, ToSchema)]
pub(super) struct TransactionView {
    /// Its id.
    #[schema(value_type = String)]
    id: TxId,
    /// Base64 of its wire bytes.
    wire: String,
    /// What came of it.
    #[schema(value_type = Object)]
    receipt: Receipt,
}

/// The transaction at a height and index.
#[utoipa::path(get, path = "/v1/blocks/{height}/transactions/{index}",
    params(("height" = u64, Path), ("index" = u32, Path)),
    responses((status = 200, body = TransactionView), (status = 404, body = Problem)))]
pub(super) async fn transaction(
    api: web::Data<Api>,
    place: web::Path<(u64, u32)>,
) -> Result<web::Json<TransactionView>, Problem> {
    let (height, index) = place.into_inner();
    let missing = || Problem::not_found("transaction");
    not_pruned(&api, height)?;
    let (wire, receipt) = api.ledger.entry_at(TxPosition { height, index })?.ok_or_else(missing)?;
    Ok(web::Json(TransactionView { id: receipt.tx, wire: STANDARD.encode(wire), receipt }))
}
