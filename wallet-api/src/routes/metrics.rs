//! `/metrics`: counters for Prometheus.

use actix_web::HttpResponse;

/// The text format.
pub async fn metrics() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(dure_service::metrics::text())
}
