//! `/v1/merchants/*`: whom a code pays. Public, as the sticker on the counter is.

use actix_web::web::{Data, Json, Path};
use dure_db::{DbError, merchants};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    fault::Fault,
    http::{Failure, Problem},
};

/// A shop.
#[derive(Serialize, ToSchema)]
pub struct Merchant {
    bid: String,
    code: String,
    name_ko: String,
    name_en: String,
    /// ISO 18245.
    category: String,
    region: String,
}

impl From<merchants::Merchant> for Merchant {
    fn from(shop: merchants::Merchant) -> Self {
        let merchants::Merchant { bid, code, name_ko, name_en, category, region, .. } = shop;
        Self { bid, code, name_ko, name_en, category, region }
    }
}

/// By the short code on its QR.
#[utoipa::path(get, path = "/v1/merchants/by-code/{code}", tag = "merchants", params(("code" = String, Path)),
    responses((status = 200, body = Merchant), (status = 404, body = Problem)))]
pub async fn by_code(app: Data<App>, code: Path<String>) -> Result<Json<Merchant>, Failure> {
    let found = app.db.run::<_, DbError, _>(move |c| merchants::by_code(c, &code)).await?;
    Ok(Json(found.ok_or(Fault::NotFound)?.into()))
}

/// By its id on the ledger.
#[utoipa::path(get, path = "/v1/merchants/{bid}", tag = "merchants", params(("bid" = String, Path)),
    responses((status = 200, body = Merchant), (status = 404, body = Problem)))]
pub async fn by_bid(app: Data<App>, bid: Path<String>) -> Result<Json<Merchant>, Failure> {
    let found = app.db.run::<_, DbError, _>(move |c| merchants::by_bid(c, &bid)).await?;
    Ok(Json(found.ok_or(Fault::NotFound)?.into()))
}
