//! `/v1/me`, `/v1/nonce`: the signed-in device.

use actix_web::{HttpResponse, web::Data};
use dure_service::ServiceError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{enrol::SignedIn, error::PosError, till::Till};

/// The shop and its device.
#[derive(Serialize, ToSchema)]
pub struct MeAnswer {
    /// The shop.
    bid: String,
    /// Its short code, as on its QR codes.
    code: String,
    /// Korean name.
    name_ko: String,
    /// English name.
    name_en: String,
    /// The shop's language, `ko` or `en`.
    lang: String,
    /// The device's certificate.
    certificate: String,
    /// The channel.
    chain: String,
}

/// Who is signed in.
#[utoipa::path(get, path = "/v1/me", tag = "session",
    responses((status = 200, body = MeAnswer), (status = 401, description = "NOT_SIGNED_IN")))]
pub async fn show(till: Data<Till>, me: SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(MeAnswer {
        bid: me.shop.bid,
        code: me.shop.code,
        name_ko: me.shop.name_ko,
        name_en: me.shop.name_en,
        lang: me.shop.lang,
        certificate: me.certificate.to_string(),
        chain: till.chain.to_string(),
    })
}

/// The number for the device's next transaction.
#[derive(Serialize, ToSchema)]
pub struct NonceAnswer {
    /// One more than the highest that the ledger has seen.
    next: u64,
}

/// The next nonce, from the certificate's record on the ledger.
#[utoipa::path(get, path = "/v1/nonce", tag = "transactions",
    responses((status = 200, body = NonceAnswer), (status = 401, description = "NOT_SIGNED_IN"), (status = 404, description = "UNKNOWN_DEVICE"),
        (status = 503, description = "LEDGER_UNAVAILABLE")))]
pub async fn nonce(till: Data<Till>, me: SignedIn) -> Result<HttpResponse, PosError> {
    let info = till.ledger.certificate(me.certificate).await?.ok_or(ServiceError::UnknownDevice)?;
    Ok(HttpResponse::Ok().json(NonceAnswer { next: info.highest_nonce.saturating_add(1) }))
}
