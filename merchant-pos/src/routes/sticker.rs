//! `/v1/static-qr`: the shop's own code, to print. The payer types the amount.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::orders::picture;
use crate::{enrol::SignedIn, error::PosError, order::static_code};

/// The shop's code.
#[derive(Serialize, ToSchema)]
pub struct StickerAnswer {
    /// The code's text.
    qr_text: String,
    /// The code's picture (an SVG document).
    qr_svg: String,
    /// The shop's short code, to print below.
    code: String,
    /// Korean name.
    name_ko: String,
    /// English name.
    name_en: String,
}

/// The shop's static code.
#[utoipa::path(get, path = "/v1/static-qr", tag = "orders",
    responses((status = 200, body = StickerAnswer), (status = 401, description = "NOT_SIGNED_IN")))]
pub async fn show(me: SignedIn) -> Result<HttpResponse, PosError> {
    let qr_text = static_code(&me.shop)?;
    let qr_svg = picture(&qr_text, &me.shop.name_ko)?;
    let (code, name_ko, name_en) = (me.shop.code, me.shop.name_ko, me.shop.name_en);
    Ok(HttpResponse::Ok().json(StickerAnswer { qr_text, qr_svg, code, name_ko, name_en }))
}
