//! `/v1/preview`: what a transaction would do, without doing it.

use actix_web::web::{Data, Json};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_score::{Receipt, Transaction, codec};
use dure_service::{ServiceError, visibility::visible_to};
use serde::Deserialize;
use utoipa::ToSchema;

use super::forms;
use crate::{
    app::App,
    fault::Fault,
    http::{Failure, Problem, Signed},
};

/// An unsigned transaction.
#[derive(Deserialize, ToSchema)]
pub struct Preview {
    /// Canonical bytes, base64.
    body: String,
}

/// The receipt that the transaction would get now.
#[utoipa::path(post, path = "/v1/preview", tag = "transactions", request_body = Preview, responses(
    (status = 200, description = "a receipt", body = forms::Receipt), (status = 400, body = Problem),
    (status = 401, body = Problem), (status = 403, body = Problem, description = "NOT_YOUR_DEVICE"),
    (status = 422, body = Problem, description = "WRONG_CHAIN")))]
pub async fn preview(app: Data<App>, signed: Signed, body: Json<Preview>) -> Result<Json<Receipt>, Failure> {
    app.limits.transaction(&signed.bid)?;
    let bytes = bytes(&body.body)?;
    let transaction: Transaction =
        codec::decode(&bytes).map_err(|error| ServiceError::BadTransaction(error.to_string()))?;
    if transaction.signer.to_string() != signed.certificate {
        return Err(Fault::NotYourDevice.into());
    }
    let receipt = app.client.dry_run_bytes(&bytes).await?;
    Ok(Json(visible_to(&signed.person()?, receipt, true)))
}

/// The bytes of a `body` field.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>, ServiceError> {
    STANDARD.decode(text).map_err(|_| ServiceError::BadTransaction("not base64".to_owned()))
}
