//! `/v1/campaigns`: what the vouchers are called that a customer pays with or gets back.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{enrol::SignedIn, error::PosError, till::Till};

/// A campaign.
#[derive(Serialize, ToSchema)]
pub struct CampaignName {
    /// Its number on the ledger.
    id: u32,
    /// Its public name.
    name: String,
}

/// Every campaign of the channel by name.
#[utoipa::path(get, path = "/v1/campaigns", tag = "orders",
    responses((status = 200, body = Vec<CampaignName>), (status = 401, description = "NOT_SIGNED_IN")))]
pub async fn list(till: Data<Till>, _: SignedIn) -> Result<HttpResponse, PosError> {
    let known = till.ledger.campaigns().await?.into_iter();
    let names: Vec<CampaignName> = known.map(|(id, name)| CampaignName { id, name }).collect();
    Ok(HttpResponse::Ok().json(names))
}
