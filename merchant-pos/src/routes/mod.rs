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

use actix_web::{
    Resource, Route,
    middleware::from_fn,
    web::{self, JsonConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig},
};

use crate::http::{guard, problem};

/// Longest body: a transaction of 16 KiB as base64, and room for the rest.
const BODY_BYTES_MAX: usize = 48 * 1024;

/// Adds the till's routes to an application that holds `web::Data<Till>`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .app_data(
            JsonConfig::default().limit(BODY_BYTES_MAX).error_handler(|e, _| problem::from_json(&e).into()),
        )
        .app_data(QueryConfig::default().error_handler(|e, _| problem::from_query(&e).into()))
        .app_data(PathConfig::default().error_handler(|e, _| problem::from_path(&e).into()))
        .app_data(PayloadConfig::new(BODY_BYTES_MAX))
        .service(
            web::scope("")
                .wrap(from_fn(guard::protect))
                .configure(interface)
                .configure(pages::mount)
                .default_service(web::to(pages::not_found)),
        );
}

fn interface(config: &mut ServiceConfig) {
    config
        .service(one("/v1/enrolment/start", web::post().to(enrolment::start)))
        .service(one("/v1/enrolment/confirm", web::post().to(enrolment::confirm)))
        .service(one("/v1/enrolment/certify", web::post().to(enrolment::certify)))
        .service(one("/v1/pin/unlock", web::post().to(pin::unlock)))
        .service(one("/v1/session/resume", web::post().to(pin::resume)))
        .service(one("/v1/session/end", web::post().to(pin::end)))
        .service(one("/v1/me", web::get().to(me::show)))
        .service(one("/v1/nonce", web::get().to(me::nonce)))
        .service(one("/v1/orders", web::post().to(orders::create)))
        .service(one("/v1/orders/{order}", web::get().to(orders::show)))
        .service(one("/v1/orders/{order}/cancel", web::post().to(orders::cancel)))
        .service(one("/v1/payer-codes/take", web::post().to(payer_codes::take)))
        .service(one("/v1/campaigns", web::get().to(campaigns::list)))
        .service(one("/v1/sales/today", web::get().to(sales::today)))
        .service(one("/v1/static-qr", web::get().to(sticker::show)))
        .service(one("/v1/preview", web::post().to(transactions::preview)))
        .service(one("/v1/transactions", web::post().to(transactions::submit)))
        .service(one("/v1/transactions/{id}", web::get().to(transactions::show)))
        .service(one("/v1/events", web::get().to(events::stream)))
        .service(one("/openapi.json", web::get().to(document::document)))
        .service(one("/health", web::get().to(health::health)))
        .service(one("/metrics", web::get().to(health::metrics)));
}

/// A path with one method; any other method is 405, not 404.
fn one(path: &str, route: Route) -> Resource {
    web::resource(path).route(route).default_service(web::to(problem::method_not_allowed))
}
