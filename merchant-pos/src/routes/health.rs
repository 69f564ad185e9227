//! `/health` and `/metrics`: for those who run the till.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use dure_service::follower;

use crate::{error::PosError, repo::ledger::FOLLOWER, till::Till};

/// The process is well.
#[derive(Serialize, ToSchema)]
pub struct HealthAnswer {
    /// `ok`.
    status: &'static str,
    /// Last block that the till has read.
    height: u64,
}

/// Answers 200 when the database answers.
#[utoipa::path(get, path = "/health", tag = "operation",
    responses((status = 200, body = HealthAnswer), (status = 500, description = "DB_QUERY, DB_CORRUPT"),
        (status = 503, description = "DB_POOL, DB_INTERRUPTED")))]
pub async fn health(till: Data<Till>) -> Result<HttpResponse, PosError> {
    let next = till.db.run::<_, PosError, _>(|c| Ok(follower::next_height(c, FOLLOWER)?)).await?;
    Ok(HttpResponse::Ok().json(HealthAnswer { status: "ok", height: next.saturating_sub(1) }))
}

/// The figures in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn metrics() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(dure_service::metrics::text())
}
