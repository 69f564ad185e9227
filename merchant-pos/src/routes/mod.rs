//! The till on the wire: pages, JSON endpoints, an event stream. One file a resource.
//!
//! Every body is bounded, every refusal is a problem document (RFC 9457), and nothing that a client sends makes the server
//! fail. Money is a decimal string of won.

mod campaigns;
mod document;
mod enrolment;
mod events;
mod health;
mod me;
mod orders;
mod pages;
mod payer_codes;
mod pin;
mod sales;
mod sticker;
mod transactions;

use actix_web::web::{self, ServiceConfig};
use dure_service::http::{at, surface};

/// Everything that the till answers; it finds `web::Data<Till>` in the application.
pub fn routes(config: &mut ServiceConfig) {
    config.configure(surface(configure));
}

/// Adds every route, and a problem document for all that is not one.
fn configure(config: &mut ServiceConfig) {
    config
        .service(at("/v1/enrolment/start", "POST").route(web::post().to(enrolment::start)))
        .service(at("/v1/enrolment/confirm", "POST").route(web::post().to(enrolment::confirm)))
        .service(at("/v1/enrolment/certify", "POST").route(web::post().to(enrolment::certify)))
        .service(at("/v1/pin/unlock", "POST").route(web::post().to(pin::unlock)))
        .service(at("/v1/session/resume", "POST").route(web::post().to(pin::resume)))
        .service(at("/v1/session/end", "POST").route(web::post().to(pin::end)))
        .service(at("/v1/me", "GET").route(web::get().to(me::show)))
        .service(at("/v1/nonce", "GET").route(web::get().to(me::nonce)))
        .service(at("/v1/orders", "POST").route(web::post().to(orders::create)))
        .service(at("/v1/orders/{order}", "GET").route(web::get().to(orders::show)))
        .service(at("/v1/orders/{order}/cancel", "POST").route(web::post().to(orders::cancel)))
        .service(at("/v1/payer-codes/take", "POST").route(web::post().to(payer_codes::take)))
        .service(at("/v1/campaigns", "GET").route(web::get().to(campaigns::list)))
        .service(at("/v1/sales/today", "GET").route(web::get().to(sales::today)))
        .service(at("/v1/static-qr", "GET").route(web::get().to(sticker::show)))
        .service(at("/v1/preview", "POST").route(web::post().to(transactions::preview)))
        .service(at("/v1/transactions", "POST").route(web::post().to(transactions::submit)))
        .service(at("/v1/transactions/{id}", "GET").route(web::get().to(transactions::show)))
        .service(at("/v1/events", "GET").route(web::get().to(events::stream)))
        .service(at("/openapi.json", "GET").route(web::get().to(document::document)))
        .service(at("/health", "GET").route(web::get().to(health::health)))
        .service(at("/metrics", "GET").route(web::get().to(health::metrics)));
    pages::mount(config);
    config.default_service(web::to(pages::not_found));
}
