//! `/v1/preview`, `/v1/transactions…`: refunds, and payments by a customer's code, signed in the browser. The till's server
//! adds nothing and stores nothing: the same bytes may be handed in again until the ledger has answered.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_db::devices;
use dure_ledger_client::{ClientError, TxState};
use dure_score::{
    Call, PublicKey, Receipt, Signature, SignedTx, Transaction, TxId, codec, limits::MAX_TX_BYTES,
};
use dure_service::{
    ServiceError,
    http::field,
    visibility::{is_sale_of, visible_to},
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
    key: String,
    /// 128 hex digits.
    signature: String,
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
    /// Until it is final: time of the last block in which the node that was asked has looked for it, ms. An `unknown`
    /// transaction is void once this is past its `valid_until`.
    #[serde(skip_serializing_if = "Option::is_none")]
    head_time_ms: Option<u64>,
}

impl TransactionAnswer {
    /// A final transaction, as this device may see it.
    fn of_receipt(receipt: Receipt, me: &SignedIn) -> Self {
        let own = receipt.signer == me.certificate;
        let receipt = visible_to(&me.bid, receipt, own);
        Self { id: receipt.tx.to_string(), status: "final", receipt: Some(receipt), head_time_ms: None }
    }

    const fn open(id: String, status: &'static str, head_time_ms: Option<u64>) -> Self {
        Self { id, status, receipt: None, head_time_ms }
    }
}

/// What a refund, or a payment by code, would do now.
#[utoipa::path(post, path = "/v1/preview", tag = "transactions", request_body = PreviewRequest,
    responses((status = 200, body = Object, description = "the receipt, without other people's coin"), (status = 400, description = "BAD_TRANSACTION"),
        (status = 401, description = "NOT_SIGNED_IN"), (status = 403, description = "CALL_NOT_ALLOWED, NOT_YOUR_DEVICE"), (status = 503, description = "LEDGER_UNAVAILABLE")))]
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
    let receipt = till.ledger.dry_run(bytes).await?;
    Ok(HttpResponse::Ok().json(visible_to(&me.bid, receipt, true)))
}

/// Hands a refund, or a payment by code, in and waits up to five seconds for its receipt (which may be a refusal).
#[utoipa::path(post, path = "/v1/transactions", tag = "transactions", request_body = SubmitRequest,
    responses((status = 200, body = TransactionAnswer), (status = 202, body = TransactionAnswer, description = "pending"),
        (status = 400, description = "BAD_TRANSACTION, BAD_FIELD with field"),
        (status = 401, description = "NOT_SIGNED_IN"), (status = 403, description = "CALL_NOT_ALLOWED, NOT_YOUR_DEVICE"),
        (status = 422, description = "the ledger's refusal, not admitted"),
        (status = 503, description = "LEDGER_UNAVAILABLE: hand in the same bytes again")))]
pub async fn submit(
    till: Data<Till>,
    body: Json<SubmitRequest>,
    me: SignedIn,
) -> Result<HttpResponse, PosError> {
    till.limits.transaction(&me.certificate.to_string())?;
    let SubmitRequest { body, key, signature } = body.into_inner();
    let key: PublicKey = field("key", "64 lowercase hex digits", key)?;
    let signature: Signature = field("signature", "128 lowercase hex digits", signature)?;
    let tx = SignedTx::from_parts(&decode(&body)?, key, signature)
        .map_err(|_| PosError::BadTransaction("not in canonical form"))?;
    check(&me, tx.transaction())?;
    // The ledger does the same; a forged one shall not even reach it.
    tx.clone().verify(&till.chain).map_err(PosError::Refused)?;
    let id = tx.id();
    match till.ledger.submit(tx, WAIT).await {
        Ok(receipt) => Ok(HttpResponse::Ok().json(TransactionAnswer::of_receipt(receipt, &me))),
        Err(ClientError::Timeout) => Ok(still_open(&till, &me, id).await),
        Err(error) => Err(error.into()),
    }
}

/// The answer when the wait was too short: the transaction was handed in, and a last look says how far the ledger is.
async fn still_open(till: &Till, me: &SignedIn, id: TxId) -> HttpResponse {
    let head_time_ms = match till.ledger.transaction(id).await {
        Ok(TxState::Final { receipt }) => {
            return HttpResponse::Ok().json(TransactionAnswer::of_receipt(*receipt, me));
        }
        Ok(TxState::Pending { head_time_ms } | TxState::Unknown { head_time_ms }) => Some(head_time_ms),
        // It may be anywhere: the browser asks again.
        Err(error) => {
            tracing::debug!(%error, %id, "a transaction handed in cannot be looked up");
            None
        }
    };
    HttpResponse::Accepted().json(TransactionAnswer::open(id.to_string(), "pending", head_time_ms))
}

/// Where a transaction stands, if it is this shop's.
#[utoipa::path(get, path = "/v1/transactions/{id}", tag = "transactions", params(("id" = String, Path)),
    responses((status = 200, body = TransactionAnswer), (status = 401, description = "NOT_SIGNED_IN"), (status = 404, description = "NOT_FOUND: not this shop's"),
        (status = 503, description = "LEDGER_UNAVAILABLE")))]
pub async fn show(till: Data<Till>, me: SignedIn, id: Path<String>) -> Result<HttpResponse, PosError> {
    let id: TxId = id.parse().map_err(|_| PosError::NotFound)?;
    let answer = match till.ledger.transaction(id).await? {
        TxState::Final { receipt } if concerns(&till, &me, &receipt).await? => {
            TransactionAnswer::of_receipt(*receipt, &me)
        }
        TxState::Final { .. } => return Err(PosError::NotFound),
        TxState::Pending { head_time_ms } => {
            TransactionAnswer::open(id.to_string(), "pending", Some(head_time_ms))
        }
        TxState::Unknown { head_time_ms } => {
            TransactionAnswer::open(id.to_string(), "unknown", Some(head_time_ms))
        }
    };
    Ok(HttpResponse::Ok().json(answer))
}

/// True if one of the shop's devices signed it, or it is a sale or a refund of the shop.
async fn concerns(till: &Till, me: &SignedIn, receipt: &Receipt) -> Result<bool, PosError> {
    if receipt.signer == me.certificate || is_sale_of(receipt, &me.bid) {
        return Ok(true);
    }
    let (signer, shop) = (receipt.signer.to_string(), me.shop.bid.clone());
    let find = move |connection: &mut _| Ok::<_, PosError>(devices::find(connection, &signer)?);
    Ok(till.db.run(find).await?.is_some_and(|device| device.owner == shop))
}

fn decode(text: &str) -> Result<Vec<u8>, PosError> {
    let bytes = STANDARD.decode(text).map_err(|_| PosError::BadTransaction("not base64"))?;
    if bytes.len() <= MAX_TX_BYTES { Ok(bytes) } else { Err(PosError::BadTransaction("too long")) }
}

/// A till signs refunds and presents payers' codes, with its own certificate.
fn check(me: &SignedIn, transaction: &Transaction) -> Result<(), PosError> {
    if !matches!(transaction.call, Call::TokenRefund(_) | Call::TokenPayMandate(_)) {
        return Err(ServiceError::CallNotAllowed.into());
    }
    if transaction.signer == me.certificate { Ok(()) } else { Err(ServiceError::NotYourDevice.into()) }
}
