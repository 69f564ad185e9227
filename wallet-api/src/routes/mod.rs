//! The routes, one file a resource.

mod account;
mod charge;
mod choices;
mod codes;
mod counter;
mod devices;
mod document;
mod enrolment;
mod events;
mod forms;
mod health;
mod history;
mod look_ups;
mod lost;
mod me;
mod merchants;
mod new_phone;
mod nonce;
mod pages;
mod people;
mod pin;
mod preview;
mod proof;
mod registrations;
mod session;
mod transactions;

use actix_web::web::{self, ServiceConfig};
use dure_service::http::{at, surface};

#[cfg(test)]
pub use document::{schemas_without_example, text as document_text};
#[cfg(test)]
pub use pages::PAGES;

/// Everything that the service answers.
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
        .service(at("/v1/session/resume", "POST").route(web::post().to(session::resume)))
        .service(at("/v1/session/challenge", "POST").route(web::post().to(session::challenge)))
        .service(at("/v1/session/open", "POST").route(web::post().to(session::open)))
        .service(at("/v1/session/end", "POST").route(web::post().to(session::end)))
        .service(at("/v1/lost/start", "POST").route(web::post().to(lost::start)))
        .service(at("/v1/lost/freeze", "POST").route(web::post().to(lost::freeze)))
        .service(at("/v1/enrolment/devices", "POST").route(web::post().to(enrolment::devices)))
        .service(at("/v1/registrars", "GET").route(web::get().to(registrations::list)))
        .service(at("/v1/registrations/start", "POST").route(web::post().to(registrations::start)))
        .service(at("/v1/registrations/confirm", "POST").route(web::post().to(registrations::confirm)))
        .service(at("/v1/pin/again", "POST").route(web::post().to(choices::again)))
        .service(
            at("/v1/devices/choices", "GET, POST")
                .route(web::get().to(choices::get))
                .route(web::post().to(choices::set)),
        )
        .service(at("/v1/me/look-ups", "GET").route(web::get().to(look_ups::list)))
        .configure(counter_routes)
        .service(at("/v1/me", "GET").route(web::get().to(me::me)))
        .service(at("/v1/devices/{certificate}/name", "POST").route(web::post().to(devices::rename)))
        .service(at("/v1/account", "GET").route(web::get().to(account::account)))
        .service(at("/v1/history", "GET").route(web::get().to(history::history)))
        .service(at("/v1/nonce", "GET").route(web::get().to(nonce::nonce)))
        .service(at("/v1/preview", "POST").route(web::post().to(preview::preview)))
        .service(at("/v1/transactions", "POST").route(web::post().to(transactions::submit)))
        .service(at("/v1/transactions/{id}", "GET").route(web::get().to(transactions::get)))
        .service(at("/v1/transactions/{id}/proof", "GET").route(web::get().to(proof::proof)))
        .service(at("/v1/genesis", "GET").route(web::get().to(proof::genesis)))
        .service(at("/v1/codes", "POST").route(web::post().to(codes::offer)))
        .service(at("/v1/codes/end", "POST").route(web::post().to(codes::end)))
        .service(at("/v1/charge", "GET").route(web::get().to(charge::charge)))
        .service(at("/v1/people/lookup", "GET").route(web::get().to(people::lookup)))
        .service(at("/v1/merchants/by-code/{code}", "GET").route(web::get().to(merchants::by_code)))
        .service(at("/v1/merchants/{bid}", "GET").route(web::get().to(merchants::by_bid)))
        .service(at("/v1/events", "GET").route(web::get().to(events::events)))
        .service(at("/openapi.json", "GET").route(web::get().to(document::openapi)))
        .service(at("/trust.crt", "GET").route(web::get().to(pages::authority)))
        .service(at("/health", "GET").route(web::get().to(health::health)))
        .service(at("/metrics", "GET").route(web::get().to(health::metrics)));
    pages::mount(config);
    config.default_service(web::to(pages::not_found));
}

/// The counter, and phones that wait there.
fn counter_routes(config: &mut ServiceConfig) {
    config
        .service(at("/v1/new-phone/start", "POST").route(web::post().to(new_phone::start)))
        .service(at("/v1/new-phone/state", "POST").route(web::post().to(new_phone::state)))
        .service(at("/v1/new-phone/sign", "POST").route(web::post().to(new_phone::sign)))
        .service(at("/v1/counter/challenge", "POST").route(web::post().to(counter::session::challenge)))
        .service(at("/v1/counter/enter", "POST").route(web::post().to(counter::session::enter)))
        .service(at("/v1/counter/leave", "POST").route(web::post().to(counter::session::leave)))
        .service(at("/v1/counter/me", "GET").route(web::get().to(counter::session::me)))
        .service(at("/v1/counter/people", "POST").route(web::post().to(counter::people::find)))
        .service(
            at("/v1/counter/phones/{number}", "GET, POST")
                .route(web::get().to(counter::people::phone))
                .route(web::post().to(counter::people::assign)),
        )
        .service(at("/v1/counter/cases", "GET").route(web::get().to(counter::cases::list)))
        .service(at("/v1/counter/nonce", "GET").route(web::get().to(counter::cases::nonce)))
        .service(at("/v1/counter/decisions", "POST").route(web::post().to(counter::cases::decide)));
}
