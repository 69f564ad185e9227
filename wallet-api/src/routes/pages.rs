//! The pages: shells that a script fills through the API.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    middleware::Compress,
    web::{self, Data, Path, ServiceConfig},
};
use dure_service::{
    ServiceError,
    http::{self, PageView, at},
};
use dure_web::{App as Product, WalletPage};

use crate::{app::App, fault::Fault, http::Failure};

/// Where pages are.
pub const PAGES: [(&str, WalletPage); 14] = [
    ("/", WalletPage::Home),
    ("/enrol", WalletPage::Enrol),
    ("/lost", WalletPage::Lost),
    ("/move", WalletPage::Move),
    ("/counter", WalletPage::Counter),
    ("/pay", WalletPage::Pay),
    ("/code", WalletPage::Code),
    ("/send", WalletPage::Send),
    ("/charge", WalletPage::Charge),
    ("/history", WalletPage::History),
    ("/receipt/{tx}", WalletPage::Receipt),
    ("/me", WalletPage::Me),
    ("/kit", WalletPage::Components),
    ("/trust", WalletPage::Trust),
];

/// Adds the pages and their files, which travel compressed; answers of the API, which hold what is secret, do not.
pub fn mount(config: &mut ServiceConfig) {
    for (path, page) in PAGES {
        let show = move |app: Data<App>, view: PageView| async move {
            http::html(StatusCode::OK, app.web.wallet(page, &view.0))
        };
        config.service(at(path, "GET").route(web::get().to(show)).wrap(Compress::default()));
    }
    config.service(at("/static/{path:.*}", "GET").route(web::get().to(file)).wrap(Compress::default()));
}

async fn file(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ServiceError> {
    http::file(&app.web, &request, &path)
}

/// The certificate of the authority behind this service's own, for a phone to trust; not there where the service has none.
pub async fn authority(app: Data<App>) -> Result<HttpResponse, Failure> {
    let certificate = app.authority.clone().ok_or(Fault::NotFound)?;
    let name = ("content-disposition", "attachment; filename=\"dure.crt\"");
    Ok(HttpResponse::Ok().content_type("application/x-x509-ca-cert").insert_header(name).body(certificate))
}

/// What is not there.
pub async fn not_found(app: Data<App>, request: HttpRequest, view: PageView) -> HttpResponse {
    http::not_found(&app.web, Product::Wallet, &request, &view.0)
}
