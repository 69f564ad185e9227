//! The bank's counter: a page with plain forms for people, JSON endpoints for scripts.
//!
//! Every request body is bounded, every refusal is a problem document (RFC 9457), and nothing that a client sends
//! makes the server fail.

mod api;
mod forms;
mod guard;
mod language;
mod page;
mod problem;
mod view;
mod work;

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{Resource, Route};
use problem::Problem;
use std::future::ready;

/// A form or a JSON body is at most this long: its three fields have 140 characters at most.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Adds the bank's routes to an application that holds `web::Data<Bank>`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .app_data(
            web::JsonConfig::default().limit(BODY_BYTES_MAX).error_handler(|e, _| Problem::json(&e).into()),
        )
        .app_data(
            web::FormConfig::default().limit(BODY_BYTES_MAX).error_handler(|e, _| Problem::form(&e).into()),
        )
        .app_data(web::QueryConfig::default().error_handler(|e, _| Problem::query(&e).into()))
        .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
        .service(
            web::scope("")
                .wrap(from_fn(guard::protect))
                .service(one("/", Method::GET, web::get().to(page::show)))
                .service(one("/style.css", Method::GET, web::get().to(page::style)))
                .service(one("/favicon.svg", Method::GET, web::get().to(page::icon)))
                .service(one("/deposits", Method::POST, web::post().to(forms::deposit)))
                .service(one("/rejections", Method::POST, web::post().to(forms::rejection)))
                .service(one("/api/deposits", Method::POST, web::post().to(api::deposit)))
                .service(one("/api/rejections", Method::POST, web::post().to(api::rejection)))
                .service(one("/api/state", Method::GET, web::get().to(api::state)))
                .service(one("/health", Method::GET, web::get().to(api::health)))
                .default_service(web::to(Problem::not_found)),
        );
}

/// A path with one method; any other method is 405, not 404.
fn one(path: &str, method: Method, route: Route) -> Resource {
    let refuse = move || ready(Problem::method_not_allowed(&method));
    web::resource(path).route(route).default_service(web::to(refuse))
}
