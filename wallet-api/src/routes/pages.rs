//! The pages: shells that a script fills through the API.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
    web::Data,
};
use dure_web::{App as Product, WalletPage};

use crate::{
    app::App,
    fault::Fault,
    http::{Failure, PageView},
};

/// Where pages are.
pub const PAGES: [&str; 14] = [
    "/",
    "/enrol",
    "/lost",
    "/move",
    "/counter",
    "/pay",
    "/code",
    "/send",
    "/charge",
    "/history",
    "/receipt/{tx}",
    "/me",
    "/kit",
    "/trust",
];

/// One page in the person's language.
pub async fn page(app: Data<App>, request: HttpRequest, view: PageView) -> Result<HttpResponse, Failure> {
    let page = match request.match_pattern().as_deref() {
        Some("/") => WalletPage::Home,
        Some("/enrol") => WalletPage::Enrol,
        Some("/lost") => WalletPage::Lost,
        Some("/move") => WalletPage::Move,
        Some("/counter") => WalletPage::Counter,
        Some("/pay") => WalletPage::Pay,
        Some("/code") => WalletPage::Code,
        Some("/send") => WalletPage::Send,
        Some("/charge") => WalletPage::Charge,
        Some("/history") => WalletPage::History,
        Some("/receipt/{tx}") => WalletPage::Receipt,
        Some("/trust") => WalletPage::Trust,
        Some("/kit") => WalletPage::Components,
        Some("/me") => WalletPage::Me,
        _ => return Err(Fault::NotFound.into()),
    };
    let html = app.web.wallet(page, &view.0).map_err(|_| Fault::Internal("a page cannot be written"))?;
    Ok(html_response(StatusCode::OK, html))
}

/// The certificate of the authority behind this service's own, for a phone to trust; not there where the service has none.
pub async fn authority(app: Data<App>) -> Result<HttpResponse, Failure> {
    let certificate = app.authority.clone().ok_or(Fault::NotFound)?;
    let name = ("content-disposition", "attachment; filename=\"dure.crt\"");
    Ok(HttpResponse::Ok().content_type("application/x-x509-ca-cert").insert_header(name).body(certificate))
}

/// What is not there: a page for people, a problem document for programs.
pub async fn not_found(app: Data<App>, request: HttpRequest, view: PageView) -> HttpResponse {
    let accept =
        request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let wants_page = accept.contains("text/html") && !request.path().starts_with("/v1/");
    match app.web.not_found(Product::Wallet, &view.0) {
        Ok(html) if wants_page => html_response(StatusCode::NOT_FOUND, html),
        _ => Failure(Fault::NotFound).error_response(),
    }
}

fn html_response(status: StatusCode, html: String) -> HttpResponse {
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html)
}
