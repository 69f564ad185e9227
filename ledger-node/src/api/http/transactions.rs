//! Handing transactions in, asking after them, trying them out.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use dure_score::{BlockContext, Overlay, Receipt, Refusal, Transaction, TxId, codec, limits::MAX_TX_BYTES};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use super::{Api, access, body, problem::Problem};
use crate::{
    history::ledger::{Found, LedgerError, now_ms},
    ingress::{
        admission::{Admitted, TurnedAway},
        finality::Waited,
    },
    store::StateView,
};

/// Longest wait for finality, ms; a client asks again.
const MAX_WAIT_MS: u64 = 30_000;

/// A signed transaction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Submission {
    /// Base64 of the wire bytes.
    wire: String,
}

/// An unsigned transaction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DryRun {
    /// Base64 of the transaction's canonical bytes.
    body: String,
}

/// Where a transaction stands.
#[derive(Serialize, ToSchema)]
pub(super) struct TxState {
    /// Its id.
    #[schema(value_type = String)]
    id: TxId,
    /// `final`, `pending` or `unknown`.
    status: &'static str,
    /// What came of it, once final.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    receipt: Option<Receipt>,
    /// Height of its block, once final.
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u64>,
    /// Index in its block, once final.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u32>,
    /// Time of the last block in which this node has looked for it, ms; absent once final. 0 if there are blocks in which it
    /// has not looked, because it began with a snapshot: then only another node can say that it is in none.
    #[serde(skip_serializing_if = "Option::is_none")]
    head_time_ms: Option<u64>,
}

impl TxState {
    fn open(id: TxId, status: &'static str, head_time_ms: u64) -> Self {
        let head_time_ms = Some(head_time_ms);
        Self { id, status, receipt: None, height: None, index: None, head_time_ms }
    }

    fn is_final(&self) -> bool {
        self.receipt.is_some()
    }

    fn done(id: TxId, receipt: Receipt) -> Self {
        let (height, index) = (Some(receipt.height), Some(receipt.index));
        Self { id, status: "final", receipt: Some(receipt), height, index, head_time_ms: None }
    }
}

/// Whether and how long to wait.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wait {
    /// `final` to wait until the transaction is final.
    wait: Option<WaitFor>,
    /// How long to wait at most, ms; 10 000 by default, at most 30 000.
    timeout_ms: Option<u64>,
}

impl Wait {
    /// How long to wait; `None` not to wait at all.
    fn limit(&self) -> Option<Duration> {
        let limit = Duration::from_millis(self.timeout_ms.unwrap_or(10_000).min(MAX_WAIT_MS));
        self.wait.map(|WaitFor::Final| limit)
    }
}

/// What to wait for.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum WaitFor {
    /// Finality.
    Final,
}

/// Hands a transaction in: CBOR wire bytes, or JSON with their base64. Taking the same one twice is the same as once. With
/// `wait=final` the answer comes when it is final, or as *pending* when the time is over.
#[utoipa::path(post, path = "/v1/transactions", params(Wait), request_body = Submission, responses(
    (status = 202, body = TxState, description = "waits for a block"),
    (status = 200, body = TxState, description = "is final"),
    (status = 400, body = Problem, description = "not a transaction"),
    (status = 410, body = Problem, description = "final long ago, or perhaps; this node no longer keeps what came of it"),
    (status = 413, body = Problem, description = "too large"),
    (status = 422, body = Problem, description = "the contract refuses; nothing has happened"),
    (status = 429, body = Problem, description = "too many of this certificate wait; see Retry-After"),
    (status = 503, body = Problem, description = "too many wait, or the disk is nearly full; see Retry-After")))]
pub(super) async fn submit(
    api: web::Data<Api>,
    request: HttpRequest,
    wait: web::Query<Wait>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let form = body::read(&request, payload, body::MAX_TRANSACTION).await?;
    let wire = body::bytes_of(form, |submission: &Submission| &submission.wire)?;
    let limit = wait.limit();
    let deadline = Instant::now() + limit.unwrap_or_default();
    let state = match api.admission.submit(wire, limit.is_some()).await? {
        Admitted::Final(receipt) => TxState::done(receipt.tx, *receipt),
        Admitted::Pending(id, None) => TxState::open(id, "pending", api.ledger.head().time_ms),
        Admitted::Pending(id, Some(wait)) => match wait.until(deadline).await {
            Waited::Final(receipt) => TxState::done(id, receipt),
            Waited::Gone | Waited::Late => stands(&api, id)?,
        },
    };
    let status = if state.is_final() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok(HttpResponse::build(status).json(state))
}

/// Where a transaction stands, at once or when it is final.
#[utoipa::path(get, path = "/v1/transactions/{id}", params(("id" = String, Path), Wait), responses(
    (status = 200, body = TxState), (status = 400, body = Problem),
    (status = 410, body = Problem, description = "final, but its receipt is no longer kept here")))]
pub(super) async fn state(
    api: web::Data<Api>,
    request: HttpRequest,
    id: web::Path<TxId>,
    wait: web::Query<Wait>,
) -> Result<web::Json<TxState>, Problem> {
    let id = id.into_inner();
    let limit = wait.limit();
    let deadline = Instant::now() + limit.unwrap_or_default();
    // Wait first, look second: a block in between is not missed.
    let waits = limit.and_then(|_| api.admission.finality().wait(id));
    let state = stands(&api, id)?;
    let state = match waits.filter(|_| !state.is_final()) {
        None => state,
        Some(waits) => match waits.until(deadline).await {
            Waited::Final(receipt) => TxState::done(id, receipt),
            Waited::Gone | Waited::Late => stands(&api, id)?,
        },
    };
    if let Some(receipt) = &state.receipt {
        api.access.may_see(&access::caller(&request), receipt)?;
    }
    Ok(web::Json(state))
}

/// Where a transaction stands now.
fn stands(api: &Api, id: TxId) -> Result<TxState, Problem> {
    // Taken before the search: all blocks up to this time have been searched.
    let head_time_ms = api.ledger.head().time_ms;
    match api.ledger.find(&id)? {
        Found::Final(receipt) => Ok(TxState::done(id, *receipt)),
        Found::Pruned(_) => Err(Problem::pruned(api.ledger.pruned()?)),
        Found::Unknown => {
            let status = if api.pool.contains(&id) { "pending" } else { "unknown" };
            let head_time_ms = if api.ledger.joined()?.is_some() { 0 } else { head_time_ms };
            Ok(TxState::open(id, status, head_time_ms))
        }
    }
}

/// The receipt that an unsigned transaction would get now, without effect.
#[utoipa::path(post, path = "/v1/dry-run", request_body = DryRun, responses(
    (status = 200, body = Object, description = "the receipt; refused ones as well"),
    (status = 400, body = Problem), (status = 413, body = Problem)))]
pub(super) async fn dry_run(
    api: web::Data<Api>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<web::Json<Receipt>, Problem> {
    let form = body::read(&request, payload, body::MAX_TRANSACTION).await?;
    let bytes = body::bytes_of(form, |dry: &DryRun| &dry.body)?;
    if bytes.len() > MAX_TX_BYTES {
        return Err(TurnedAway::TooLarge.into());
    }
    let transaction: Transaction =
        codec::decode(&bytes).map_err(|error| Problem::bad("MALFORMED_TRANSACTION", error.to_string()))?;
    if transaction.chain != *api.ledger.chain() {
        return Err(TurnedAway::Refused(Refusal::WrongChain).into());
    }
    let (view, head) = api.ledger.view()?;
    let block = BlockContext { height: head.height, time_ms: now_ms().max(head.time_ms), index: 0 };
    let mut state = Overlay::new(StateView(&*view));
    let receipt = dure_score::dry_run(&mut state, &transaction, &block).map_err(LedgerError::from)?;
    Ok(web::Json(receipt))
}
