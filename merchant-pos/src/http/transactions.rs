//! `/v1/preview`, `/v1/transactions…`: refunds, signed in the browser. The till's server adds nothing and stores nothing: the
//! same bytes may be handed in again until the ledger has answered.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_ledger_client::{ClientError, TxState};
use dure_score::{
    Call, PublicKey, Receipt, Signature, SignedTx, Transaction, TxId, codec, limits::MAX_TX_BYTES,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{enrol::SignedIn, error::PosError, till::Till};

/// How long a request waits for finality; the ledger takes a small part of it.
const WAIT: Duration = Duration::from_secs(5);

/// An unsigned transaction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// Canonical bytes, base64.
    body: String,
}

/// A signed transaction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitRequest {
    /// Canonical bytes, base64.
    body: String,
    /// 64 hex digits.
    #[schema(value_type = String)]
    key: PublicKey,
    /// 128 hex digits.
    #[schema(value_type = String)]
    signature: Signature,
}

/// Where a transaction stands.
#[derive(Serialize, ToSchema)]
pub struct TransactionAnswer {
    /// Its id, 64 hex digits.
    id: String,
    /// `final`, `pending` or `unknown`.
    status: &'static str,
    /// What came of it, once final.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    receipt: Option<Receipt>,
}

/// What a refund would do now.
#[utoipa::path(post, path = "/v1/preview", request_body = PreviewRequest,
    responses((status = 200, body = Object, description = "the receipt"), (status = 400, description = "BAD_TRANSACTION"),
        (status = 403, description = "CALL_NOT_ALLOWED, OTHER_DEVICE"), (status = 503, description = "LEDGER_UNAVAILABLE")))]
pub async fn preview(
    till: Data<Till>,
    body: Json<PreviewRequest>,
    me: SignedIn,
) -> Result<HttpResponse, PosError> {
    till.limits.transaction(&me.certificate.to_string())?;
    let bytes = decode(&body.body)?;
    let transaction: Transaction =
        codec::decode(&bytes).map_err(|_| PosError::BadTransaction("not in canonical form"))?;
    check(&me, &transaction)?;
    Ok(HttpResponse::Ok().json(till.ledger.dry_run(bytes).await?))
}

/// Hands a refund in and waits up to five seconds for its receipt (which may be a refusal).
#[utoipa::path(post, path = "/v1/transactions", request_body = SubmitRequest,
    responses((status = 200, body = TransactionAnswer), (status = 202, body = TransactionAnswer, description = "pending"),
        (status = 400, description = "BAD_TRANSACTION"), (status = 403, description = "CALL_NOT_ALLOWED, OTHER_DEVICE"),
        (status = 422, description = "the ledger's refusal, not admitted"),
        (status = 503, description = "LEDGER_UNAVAILABLE: hand in the same bytes again")))]
pub async fn submit(
    till: Data<Till>,
    body: Json<SubmitRequest>,
    me: SignedIn,
) -> Result<HttpResponse, PosError> {
    till.limits.transaction(&me.certificate.to_string())?;
    let bytes = decode(&body.body)?;
    let tx = SignedTx::from_parts(&bytes, body.key, body.signature)
        .map_err(|_| PosError::BadTransaction("not in canonical form"))?;
    check(&me, tx.transaction())?;
    // The ledger does the same; a forged one shall not even reach it.
    tx.clone().verify(&till.chain).map_err(PosError::Refused)?;
    let id = tx.id().to_string();
    match till.ledger.submit(tx, WAIT).await {
        Ok(receipt) => {
            Ok(HttpResponse::Ok().json(TransactionAnswer { id, status: "final", receipt: Some(receipt) }))
        }
        Err(ClientError::Timeout) => {
            Ok(HttpResponse::Accepted().json(TransactionAnswer { id, status: "pending", receipt: None }))
        }
        Err(error) => Err(error.into()),
    }
}

/// Where a transaction stands.
#[utoipa::path(get, path = "/v1/transactions/{id}", params(("id" = String, Path)),
    responses((status = 200, body = TransactionAnswer), (status = 400, description = "MALFORMED"),
        (status = 401, description = "NOT_SIGNED_IN"), (status = 503, description = "LEDGER_UNAVAILABLE")))]
pub async fn show(till: Data<Till>, _me: SignedIn, id: Path<String>) -> Result<HttpResponse, PosError> {
    let id: TxId =
        id.parse().map_err(|_| PosError::Malformed("A transaction's id has 64 hex digits.".to_owned()))?;
    let (status, receipt) = match till.ledger.transaction(id).await? {
        TxState::Final { receipt } => ("final", Some(*receipt)),
        TxState::Pending => ("pending", None),
        TxState::Unknown => ("unknown", None),
    };
    Ok(HttpResponse::Ok().json(TransactionAnswer { id: id.to_string(), status, receipt }))
}

fn decode(text: &str) -> Result<Vec<u8>, PosError> {
    let bytes = STANDARD.decode(text).map_err(|_| PosError::BadTransaction("not base64"))?;
    if bytes.len() <= MAX_TX_BYTES { Ok(bytes) } else { Err(PosError::BadTransaction("too long")) }
}

/// A till signs refunds, with its own certificate.
fn check(me: &SignedIn, transaction: &Transaction) -> Result<(), PosError> {
    if !matches!(transaction.call, Call::TokenRefund(_)) {
        return Err(PosError::CallNotAllowed);
    }
    if transaction.signer == me.certificate { Ok(()) } else { Err(PosError::OtherDevice) }
}
