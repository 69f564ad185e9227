//! What stands before every route: a browser that was sent here by another site's page may look but not act, and pages
//! load nothing from elsewhere.

use actix_web::{
    Error, ResponseError,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};

use crate::error::PosError;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses other sites' writes and sets the security headers.
pub async fn protect<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let mut response = if reads || from_here(request.headers()) {
        next.call(request).await?.map_into_left_body()
    } else {
        request.into_response(PosError::CrossSite.error_response()).map_into_right_body()
    };
    set_headers(response.headers_mut());
    Ok(response)
}

/// True if the request comes from a page of this origin or from no page at all. Browsers set both headers themselves and
/// pages cannot forge them.
fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(&FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(&header::ORIGIN), text(&header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority == host)
        }
        (Some(_), None) => false,
    }
}

/// Sets the security headers that the pages' scripts are built for; a route's own caching rule stays.
fn set_headers(headers: &mut HeaderMap) {
    for (name, value) in dure_web::headers::PAGE_HEADERS {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
        if name != header::CACHE_CONTROL || !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_this_origin_and_scripts_may_write() {
        let check = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            from_here(&headers)
        };
        assert!(check(&[]));
        assert!(check(&[("sec-fetch-site", "same-origin"), ("origin", "http://x")]));
        assert!(check(&[("sec-fetch-site", "none")]));
        assert!(check(&[("origin", "http://127.0.0.1:8081"), ("host", "127.0.0.1:8081")]));
        assert!(!check(&[("sec-fetch-site", "cross-site")]));
        // The wallet runs on another port of the same machine: same site, another origin.
        assert!(!check(&[("sec-fetch-site", "same-site")]));
        assert!(!check(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8081")]));
        assert!(!check(&[("origin", "null"), ("host", "127.0.0.1:8081")]));
    }
}
