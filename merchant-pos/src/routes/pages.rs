//! The till's pages and their static files: shells that scripts fill through the endpoints.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{self, HeaderName},
    },
    middleware::Compress,
    web::{self, Data, Path, Query, ServiceConfig},
};
use dure_web::{App, TillPage, View};
use serde::Deserialize;

use super::one;
use crate::{error::PosError, http::problem, till::Till};

/// `?lang=` on a page; other parameters belong to the scripts.
#[derive(Deserialize)]
struct PageQuery {
    lang: Option<String>,
}

/// Adds the pages, which travel compressed.
pub fn mount(config: &mut ServiceConfig) {
    let pages = [
        ("/", TillPage::Sale),
        ("/sale", TillPage::Sale),
        ("/enrol", TillPage::Enrol),
        ("/today", TillPage::Today),
        ("/refund/{order}", TillPage::Refund),
        ("/sticker", TillPage::Sticker),
        ("/device", TillPage::Device),
    ];
    for (path, page) in pages {
        let show = move |till: Data<Till>, request: HttpRequest, query: Query<PageQuery>| async move {
            html(&till, &request, query.lang.as_deref(), page)
        };
        config.service(one(path, web::get().to(show)).wrap(Compress::default()));
    }
    config.service(one("/static/{path}", web::get().to(file)).wrap(Compress::default()));
}

fn html(
    till: &Till,
    request: &HttpRequest,
    lang: Option<&str>,
    page: TillPage,
) -> Result<HttpResponse, PosError> {
    let text = till.web.till(page, &view(request, lang)).map_err(render)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(text))
}

fn view(request: &HttpRequest, lang: Option<&str>) -> View {
    View::from_request(lang, text(request, &header::COOKIE), text(request, &header::ACCEPT_LANGUAGE))
}

fn text<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

fn render(error: dure_web::RenderError) -> PosError {
    tracing::error!(code = error.code(), "{error}");
    PosError::Internal("a page that cannot be rendered")
}

/// A static file; its name changes with its content.
async fn file(till: Data<Till>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PosError> {
    let asset = till.web.asset(&path).ok_or(PosError::NotFound)?;
    let caching = if asset.immutable { dure_web::headers::IMMUTABLE } else { "no-cache" };
    let known = text(&request, &header::IF_NONE_MATCH).is_some_and(|tag| tag == asset.etag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::CACHE_CONTROL, caching))
        .insert_header((header::ETAG, asset.etag.clone()));
    if known {
        return Ok(response.finish());
    }
    Ok(response.content_type(asset.content_type).body(asset.bytes.clone()))
}

/// A page for people, a problem document for scripts.
pub async fn not_found(till: Data<Till>, request: HttpRequest) -> Result<HttpResponse, PosError> {
    let person = *request.method() == Method::GET
        && text(&request, &header::ACCEPT).is_some_and(|accept| accept.contains("text/html"));
    if !person {
        return problem::not_found().await;
    }
    let page = till.web.not_found(App::Till, &view(&request, None)).map_err(render)?;
    Ok(HttpResponse::NotFound().content_type("text/html; charset=utf-8").body(page))
}
