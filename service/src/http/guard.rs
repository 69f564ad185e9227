//! What stands before every route: another site's page may not act in a person's name, and pages load nothing from
//! elsewhere.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};

use crate::error::ServiceError;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses other sites' writes, counts, and sets the security headers.
pub async fn protect<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody + use<B>>, Error> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let mut response = if reads || is_from_here(request.headers()) {
        next.call(request).await?.map_into_boxed_body()
    } else {
        request.error_response(ServiceError::CrossSite).map_into_boxed_body()
    };
    let class = response.status().as_u16() / 100;
    metrics::counter!("dure_http_responses_total", "class" => format!("{class}xx")).increment(1);
    set_headers(response.headers_mut());
    Ok(response)
}

/// True if the request comes from a page of this origin, or from no page at all. Browsers set both headers themselves,
/// pages cannot forge them; without any there is no browser whose cookie could be misused.
fn is_from_here(headers: &HeaderMap) -> bool {
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

/// The headers that the pages' scripts are built for; a route's own caching rule stays.
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
    use super::*;

    #[test]
    fn only_this_origin_and_scripts_may_write() {
        let check = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            is_from_here(&headers)
        };
        assert!(check(&[]));
        assert!(check(&[("sec-fetch-site", "same-origin")]));
        assert!(check(&[("sec-fetch-site", "none")]));
        assert!(check(&[("origin", "https://wallet.kr"), ("host", "wallet.kr")]));
        assert!(!check(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://wallet.kr"),
            ("host", "wallet.kr")
        ]));
        // The till runs on another port of the same machine.
        assert!(!check(&[("sec-fetch-site", "same-site")]));
        assert!(!check(&[("origin", "http://127.0.0.1:8081"), ("host", "127.0.0.1:8080")]));
        assert!(!check(&[("origin", "null"), ("host", "127.0.0.1:8080")]));
    }
}
