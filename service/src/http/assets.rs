//! Pages and the files that they load.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use dure_web::{App, RenderError, View, Web};
use serde_json::Value;

use super::answer;
use crate::error::ServiceError;

/// A page.
pub fn html(status: StatusCode, page: Result<String, RenderError>) -> Result<HttpResponse, ServiceError> {
    let page = page.map_err(|error| {
        tracing::error!(code = error.code(), "{error}");
        ServiceError::Internal("a page that cannot be written")
    })?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page))
}

/// A script, a style, a picture. Its name changes with its content, so browsers keep it for a year.
pub fn file(web: &Web, request: &HttpRequest, path: &str) -> Result<HttpResponse, ServiceError> {
    let asset = web.asset(path).ok_or(ServiceError::NotFound)?;
    let caching = if asset.immutable { dure_web::headers::IMMUTABLE } else { "no-cache" };
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|etag| etag == asset.etag.as_str());
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, asset.etag.as_str()))
        .insert_header((header::CACHE_CONTROL, caching));
    if known {
        return Ok(response.finish());
    }
    Ok(response.content_type(asset.content_type).body(asset.bytes.clone()))
}

/// What is not there: a page for people, a problem document for programs.
pub fn not_found(web: &Web, app: App, request: &HttpRequest, view: &View) -> HttpResponse {
    let accept =
        request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") && !request.path().starts_with("/v1/") {
        html(StatusCode::NOT_FOUND, web.not_found(app, view)).unwrap_or_else(|error| answer(&error))
    } else {
        answer(&ServiceError::NotFound)
    }
}

/// The description of an API.
pub fn document(description: &Value) -> HttpResponse {
    HttpResponse::Ok().json(description)
}
