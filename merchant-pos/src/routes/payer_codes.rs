//! `/v1/payer-codes/take`: the number that a customer reads out becomes the code that the till would have scanned.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use dure_db::payer_codes;
use dure_service::ServiceError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{clock::now_ms, enrol::SignedIn, error::PosError, till::Till};

/// A number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberRequest {
    /// Eight digits.
    #[schema(pattern = "^[0-9]{8}$")]
    number: String,
}

/// A code.
#[derive(Serialize, ToSchema)]
pub struct CodeAnswer {
    /// What the customer's phone shows as a QR code.
    code: String,
}

/// The code under a number, for the first shop that asks; that one may ask again.
#[utoipa::path(post, path = "/v1/payer-codes/take", tag = "orders", request_body = NumberRequest,
    responses((status = 200, body = CodeAnswer), (status = 400, description = "BAD_FIELD with field"),
        (status = 401, description = "NOT_SIGNED_IN"), (status = 404, description = "UNKNOWN_PAYER_CODE"),
        (status = 429, description = "TOO_MANY_REQUESTS")))]
pub async fn take(
    till: Data<Till>,
    me: SignedIn,
    body: Json<NumberRequest>,
) -> Result<HttpResponse, PosError> {
    till.limits.payer_code(&me.shop.bid)?;
    let NumberRequest { number } = body.into_inner();
    if number.len() != payer_codes::DIGITS || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ServiceError::BadField { field: "number", reason: "eight digits" }.into());
    }
    let (shop, now) = (me.shop.bid.clone(), now_ms());
    let find =
        move |connection: &mut _| Ok::<_, PosError>(payer_codes::take(connection, &number, &shop, now)?);
    let code = till.db.run(find).await?.ok_or(PosError::UnknownPayerCode)?;
    Ok(HttpResponse::Ok().json(CodeAnswer { code }))
}
