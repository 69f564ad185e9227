//! The node's HTTP interface. Every error is a problem document (RFC 9457); money is a decimal string; hashes and ids are
//! lowercase hex; transactions are base64 of their wire bytes.

mod access;
mod api;
mod blocks;
mod body;
mod connections;
mod limits;
mod openapi;
mod peer;
mod problem;
mod proofs;
mod records;
mod service;
mod slots;
mod snapshots;
mod stream;
mod sync;
mod transactions;
mod view;

use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};

pub use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, dev::Server, middleware::from_fn, web};
use connections::Connections;
pub use limits::Limits;

pub use api::Api;

/// Longest wait for a request's head: slower clients hold a worker's connection for nothing.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle connections are closed after this time.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Longest wait for the other side to end a connection that we have ended.
const GOODBYE: Duration = Duration::from_secs(2);
/// Connections of one worker; waiting requests and streams hold one each. [`connections`] sees to it that nobody takes all.
const MAX_CONNECTIONS: usize = 2_048;

/// Listens on `address` and returns the server, to be awaited, with the address that it got.
pub fn listen(address: SocketAddr, workers: usize, api: Api) -> std::io::Result<(Server, SocketAddr)> {
    let listener = TcpListener::bind(address)?;
    let bound = listener.local_addr()?;
    let all = MAX_CONNECTIONS.saturating_mul(workers.max(1));
    let guests = Connections::new(api.limits.services().to_vec(), api.connections_per_address, all);
    let api = web::Data::new(api);
    let streams = web::Data::new(stream::Streams::default());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(api.clone())
            .app_data(streams.clone())
            .app_data(web::PathConfig::default().error_handler(problem::path_error))
            .app_data(web::QueryConfig::default().error_handler(problem::query_error))
            .wrap(from_fn(access::gate))
            .wrap(from_fn(problem::everywhere))
            .configure(routes)
            .default_service(web::to(problem::no_such_path))
    })
    .workers(workers.max(1))
    .max_connections(MAX_CONNECTIONS)
    .on_connect(move |stream, data| guests.greet(stream, data))
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(GOODBYE)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(2)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok((server, bound))
}

/// Every path. A resource answers 405 to a method that it does not have.
fn routes(app: &mut web::ServiceConfig) {
    let get = web::get;
    app.service(web::resource("/v1/transactions").route(web::post().to(transactions::submit)))
        .service(web::resource("/v1/transactions/{id}").route(get().to(transactions::state)))
        .service(web::resource("/v1/dry-run").route(web::post().to(transactions::dry_run)))
        .service(web::resource("/v1/peer/transactions").route(web::post().to(peer::take)))
        .service(web::resource("/v1/sync/blocks").route(get().to(sync::blocks)))
        .service(web::resource("/v1/blocks").route(get().to(blocks::range)))
        .service(web::resource("/v1/blocks/latest").route(get().to(blocks::latest)))
        .service(web::resource("/v1/blocks/by-hash/{digest}").route(get().to(blocks::by_hash)))
        .service(web::resource("/v1/blocks/{height}").route(get().to(blocks::by_height)))
        .service(
            web::resource("/v1/blocks/{height}/transactions/{index}").route(get().to(blocks::transaction)),
        )
        .service(web::resource("/v1/accounts/{bid}").route(get().to(records::account)))
        .service(web::resource("/v1/certificates/{id}").route(get().to(records::certificate)))
        .service(web::resource("/v1/campaigns").route(get().to(records::campaigns)))
        .service(web::resource("/v1/campaigns/{id}").route(get().to(records::campaign)))
        .service(web::resource("/v1/payments/{id}").route(get().to(records::payment)))
        .service(web::resource("/v1/orders/{merchant}/{order}").route(get().to(records::order)))
        .service(web::resource("/v1/deposits/{reference}").route(get().to(records::deposit)))
        .service(web::resource("/v1/batches/{id}").route(get().to(records::batch)))
        .service(web::resource("/v1/payouts/{id}").route(get().to(records::payout)))
        .service(web::resource("/v1/proofs/transaction/{id}").route(get().to(proofs::transaction)))
        .service(web::resource("/v1/proofs/account/{bid}").route(get().to(proofs::account)))
        .service(web::resource("/v1/proofs/payment/{id}").route(get().to(proofs::payment)))
        .service(web::resource("/v1/proofs/deposit/{reference}").route(get().to(proofs::deposit)))
        .service(web::resource("/v1/supply").route(get().to(records::supply)))
        .service(web::resource("/v1/snapshots").route(get().to(snapshots::list)))
        .service(web::resource("/v1/snapshots/{height}/manifest").route(get().to(snapshots::manifest)))
        .service(web::resource("/v1/snapshots/{height}/chunks/{index}").route(get().to(snapshots::chunk)))
        .service(web::resource("/v1/genesis").route(get().to(service::genesis)))
        .service(web::resource("/v1/status").route(get().to(service::status)))
        .service(web::resource("/v1/stream").route(get().to(stream::blocks)))
        .service(web::resource("/health").route(get().to(service::health)))
        .service(web::resource("/metrics").route(get().to(service::metrics)))
        .service(web::resource("/openapi.json").route(get().to(openapi::document)));
}
