//! The till's pages and their files: shells that scripts fill through the endpoints.

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
use dure_web::{App, TillPage};

use crate::till::Till;

/// Where pages are.
const PAGES: [(&str, TillPage); 7] = [
    ("/", TillPage::Sale),
    ("/sale", TillPage::Sale),
    ("/enrol", TillPage::Enrol),
    ("/today", TillPage::Today),
    ("/refund/{order}", TillPage::Refund),
    ("/sticker", TillPage::Sticker),
    ("/device", TillPage::Device),
];

/// Adds the pages and their files, which travel compressed; answers of the API, which hold what is secret, do not.
pub fn mount(config: &mut ServiceConfig) {
    for (path, page) in PAGES {
        let show = move |till: Data<Till>, view: PageView| async move {
            http::html(StatusCode::OK, till.web.till(page, &view.0))
        };
        config.service(at(path, "GET").route(web::get().to(show)).wrap(Compress::default()));
    }
    config.service(at("/static/{path:.*}", "GET").route(web::get().to(file)).wrap(Compress::default()));
}

async fn file(
    till: Data<Till>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, ServiceError> {
    http::file(&till.web, &request, &path)
}

/// What is not there.
pub async fn not_found(till: Data<Till>, request: HttpRequest, view: PageView) -> HttpResponse {
    http::not_found(&till.web, App::Till, &request, &view.0)
}
