//! `/health`: may traffic come here? `/metrics`: figures for Prometheus.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use dure_db::{DbError, checkpoints};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::App, follower};

/// The service's state.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok` or `down`.
    status: &'static str,
    chain: String,
    /// Height of the read model.
    height: u64,
    /// Whether SQL answers.
    database: bool,
}

/// 200 while the database answers.
#[utoipa::path(get, path = "/health", tag = "operation", responses(
    (status = 200, body = Health), (status = 503, body = Health)))]
pub async fn health(app: Data<App>) -> HttpResponse {
    let database = app.db.run::<_, DbError, _>(|c| checkpoints::get(c, follower::NAME)).await.is_ok();
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let health = Health {
        status: if database { "ok" } else { "down" },
        chain: app.chain.to_string(),
        height: app.progress.height(),
        database,
    };
    HttpResponse::build(status).json(health)
}

/// The figures in Prometheus' text format.
pub async fn metrics() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(dure_service::metrics::text())
}
