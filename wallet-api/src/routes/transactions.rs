//! `/v1/transactions`: passes a signed transaction on and tells what came of it. Nothing is kept that could be lost: the
//! browser has stored the transaction before sending, and sending the same bytes again is always safe.

use std::time::Duration;

use actix_web::web::{Data, Json, Path};
use dure_db::{DbError, devices};
use dure_ledger_client::{ClientError, TxState};
use dure_score::{PublicKey, Receipt, Refusal, Signature, SignedTx, TxId};
use dure_service::{ServiceError, visibility::visible_to};
use dure_web::Lang;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{enrolment::parse, forms, preview::bytes};
use crate::{
    app::App,
    fault::Fault,
    free,
    http::{Failure, Problem, Signed},
    repo::entries,
};

/// Longest wait for finality; usual is well under a second.
const WAIT: Duration = Duration::from_secs(5);
/// Longest wait for the read model to show what is final.
const READ_MODEL: Duration = Duration::from_millis(500);

/// A signed transaction.
#[derive(Deserialize, ToSchema)]
pub struct Submit {
    /// Canonical bytes, base64.
    body: String,
    /// Public key, 64 hex digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    key: String,
    /// Signature, 128 hex digits.
    #[schema(pattern = "^[0-9a-f]{128}$")]
    signature: String,
}

/// Where a transaction stands.
#[derive(Serialize, ToSchema)]
pub struct Standing {
    id: String,
    /// `final`, `pending` (waits for a block) or `unknown` (to the node that was asked).
    #[schema(value_type = forms::TxStatus)]
    status: &'static str,
    /// Once final.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::Receipt>, nullable = false)]
    receipt: Option<Receipt>,
    /// Until then: time of the last block in which the node that was asked has looked, ms. An unknown transaction whose
    /// `valid_until` lies before can never apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    head_time_ms: Option<u64>,
}

impl Standing {
    fn done(receipt: Receipt, signed: &Signed, signer_is_own: bool) -> Result<Json<Self>, Failure> {
        let id = receipt.tx.to_string();
        let receipt = visible_to(&signed.person()?, receipt, signer_is_own);
        Ok(Json(Self { id, status: "final", receipt: Some(receipt), head_time_ms: None }))
    }
    fn open(id: TxId, status: &'static str, head_time_ms: Option<u64>) -> Json<Self> {
        Json(Self { id: id.to_string(), status, receipt: None, head_time_ms })
    }
}

/// Passes the transaction on and waits up to 5 s for finality.
#[utoipa::path(post, path = "/v1/transactions", tag = "transactions", request_body = Submit, responses(
    (status = 200, body = Standing), (status = 400, body = Problem),
    (status = 401, body = Problem, description = "NOT_SIGNED_IN, PIN_NEEDED"),
    (status = 403, body = Problem, description = "NOT_YOUR_DEVICE"),
    (status = 422, body = Problem, description = "the ledger's refusal; nothing has happened")))]
pub async fn submit(app: Data<App>, signed: Signed, body: Json<Submit>) -> Result<Json<Standing>, Failure> {
    app.limits.transaction(&signed.bid)?;
    let Submit { body, key, signature } = body.into_inner();
    let key: PublicKey = parse("key", "64 lowercase hex digits", key)?;
    let signature: Signature = parse("signature", "128 lowercase hex digits", signature)?;
    let tx = SignedTx::from_parts(&bytes(&body)?, key, signature);
    let tx = tx.map_err(|error| ServiceError::BadTransaction(error.to_string()))?;
    if tx.transaction().signer.to_string() != signed.certificate {
        return Err(Fault::NotYourDevice.into());
    }
    free::check(&app, &signed.certificate, &tx.transaction().call).await?;
    // The node checks too; a forged one need not travel.
    tx.clone().verify(&app.chain).map_err(Fault::Refused)?;
    match app.client.submit_and_wait(&tx, WAIT).await {
        Ok(receipt) => {
            metrics::counter!("wallet_transactions_total", "applied" => receipt.is_applied().to_string())
                .increment(1);
            app.progress.wait_for(receipt.height, READ_MODEL).await;
            Standing::done(receipt, &signed, true)
        }
        Err(ClientError::Timeout) => open(&app, &signed, tx.id()).await,
        Err(ClientError::Refused(refusal)) => refused(&app, &signed, tx.id(), refusal).await,
        Err(error) => Err(error.into()),
    }
}

/// The wait is over without an outcome: how far the ledger has come tells the browser when to stop hoping.
async fn open(app: &App, signed: &Signed, id: TxId) -> Result<Json<Standing>, Failure> {
    match app.client.transaction(&id).await {
        Ok(TxState::Final { receipt }) => Standing::done(*receipt, signed, true),
        Ok(TxState::Pending { head_time_ms }) => Ok(Standing::open(id, "pending", Some(head_time_ms))),
        Ok(TxState::Unknown { head_time_ms }) => Ok(Standing::open(id, "unknown", Some(head_time_ms))),
        // It may have been taken in; a node that does not answer says nothing else.
        Err(error) => {
            tracing::info!(code = error.code(), %id, "where a transaction stands is not known yet");
            Ok(Standing::open(id, "pending", None))
        }
    }
}

/// A second arrival of something that has applied is an answer, not a refusal.
async fn refused(app: &App, signed: &Signed, id: TxId, refusal: Refusal) -> Result<Json<Standing>, Failure> {
    match app.client.receipt(&id).await? {
        Some(receipt) => Standing::done(receipt, signed, true),
        None => Err(Fault::Refused(refusal).into()),
    }
}

/// Where a transaction stands, for those whom it concerns.
#[utoipa::path(get, path = "/v1/transactions/{id}", tag = "transactions", params(("id" = String, Path)), responses(
    (status = 200, body = Standing), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn get(app: Data<App>, signed: Signed, id: Path<String>) -> Result<Json<Standing>, Failure> {
    let id: TxId = id.parse().map_err(|_| Fault::NotFound)?;
    match app.client.transaction(&id).await? {
        TxState::Pending { head_time_ms } => Ok(Standing::open(id, "pending", Some(head_time_ms))),
        TxState::Unknown { head_time_ms } => Ok(Standing::open(id, "unknown", Some(head_time_ms))),
        TxState::Final { receipt } => {
            let own = visible(&app, &signed, &receipt).await?.ok_or(Fault::NotFound)?;
            Standing::done(*receipt, &signed, own)
        }
    }
}

/// Whether a device of this person has signed it; `None` if it does not concern them at all.
pub(super) async fn visible(app: &App, signed: &Signed, receipt: &Receipt) -> Result<Option<bool>, Fault> {
    let own = is_own(app, signed, receipt).await?;
    Ok(if own || has_entry(app, signed, receipt).await? { Some(own) } else { None })
}

/// Signed by a device of this person, this one or another.
async fn is_own(app: &App, signed: &Signed, receipt: &Receipt) -> Result<bool, Fault> {
    let signer = receipt.signer.to_string();
    if signer == signed.certificate {
        return Ok(true);
    }
    let device = app.db.run::<_, DbError, _>(move |c| devices::find(c, &signer)).await?;
    Ok(device.is_some_and(|device| device.owner == signed.bid))
}

/// With an entry of this person.
async fn has_entry(app: &App, signed: &Signed, receipt: &Receipt) -> Result<bool, Fault> {
    let (bid, tx) = (signed.bid.clone(), receipt.tx.to_string());
    let mine = app.db.run::<_, DbError, _>(move |c| entries::of_tx(c, &bid, &tx, Lang::Ko)).await?;
    Ok(!mine.is_empty())
}
