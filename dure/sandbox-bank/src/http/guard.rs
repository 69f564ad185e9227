//! What stands before every route: a browser that was sent here by another site's page may look but not change
//! anything, and pages may load nothing from elsewhere.

use super::problem::Problem;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, http::Method};

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

pub(super) async fn protect<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    // Browsers set this header on every request and pages cannot forge it; scripts do not send it.
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    let from_elsewhere = matches!(site, Some("cross-site" | "same-site"));
    if from_elsewhere && !matches!(*request.method(), Method::GET | Method::HEAD) {
        let detail = "Another site's page may not act at this bank.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "cross_site", detail).into());
    }
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}
