//! `/static/*`: scripts, styles, pictures. A name changes with its content, so browsers keep files for a year.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};

use crate::{app::App, fault::Fault, http::Failure};

/// One file.
pub async fn file(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, Failure> {
    let asset = app.web.asset(&path).ok_or(Fault::NotFound)?;
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
