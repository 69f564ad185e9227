//! `/metrics`: counters for Prometheus.

use actix_web::HttpResponse;

use crate::service::metrics_text;

/// The text format.
pub async fn metrics() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(metrics_text())
}
