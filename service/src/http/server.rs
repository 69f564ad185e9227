//! The running server, and the limits of every request.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{
    App, HttpResponse, HttpServer, Resource,
    http::header,
    middleware::from_fn,
    web::{self, ServiceConfig},
};

use super::{answer, guard, problem};
use crate::error::ServiceError;

/// Largest body: a signed transaction of 16 KiB in base64 with its signature, twice over.
const MAX_BODY: usize = 64 * 1024;
/// Connections of one thread; event streams stay open.
const MAX_CONNECTIONS: usize = 5_000;
/// How long a client may take to send the head of a request.
const REQUEST_TIME: Duration = Duration::from_secs(10);
/// How long open requests may take when the process is asked to stop, in seconds. Event streams are cut before.
const SHUTDOWN_SECONDS: u64 = 5;

/// `routes` behind the guard, with the limits of every request; for the server and for tests.
pub fn surface(routes: impl FnOnce(&mut ServiceConfig)) -> impl FnOnce(&mut ServiceConfig) {
    move |config: &mut ServiceConfig| {
        config
            .app_data(web::JsonConfig::default().limit(MAX_BODY).error_handler(problem::json))
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .app_data(web::QueryConfig::default().error_handler(problem::query))
            .app_data(web::PathConfig::default().error_handler(problem::path))
            .service(web::scope("").wrap(from_fn(guard::protect)).configure(routes));
    }
}

/// Serves `routes`, which find `shared` as their `Data`, until `stop`, then finishes open requests. What must end before that, such
/// as event streams, ends in `stop`.
pub async fn serve<T: Send + Sync + 'static>(
    name: &str,
    listen: SocketAddr,
    workers: usize,
    shared: Arc<T>,
    routes: fn(&mut ServiceConfig),
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let server =
        HttpServer::new(move || App::new().app_data(web::Data::from(shared.clone())).configure(routes))
            .workers(workers)
            .max_connections(MAX_CONNECTIONS)
            .client_request_timeout(REQUEST_TIME)
            .shutdown_timeout(SHUTDOWN_SECONDS)
            .disable_signals()
            .bind(listen)?;
    for address in server.addrs() {
        tracing::info!("{name} answers at http://{address}/");
    }
    let server = server.run();
    let handle = server.handle();
    let mut running = tokio::spawn(server);
    tokio::select! {
        ended = &mut running => return ended.map_err(io::Error::other)?,
        () = stop => {}
    }
    handle.stop(true).await;
    running.await.map_err(io::Error::other)?
}

/// A path that answers other methods than `allowed` with a problem document, as RFC 9110 wants it.
pub fn at(path: &str, allowed: &'static str) -> Resource {
    web::resource(path).default_service(web::to(move || async move {
        let mut response: HttpResponse = answer(&ServiceError::MethodNotAllowed);
        response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(allowed));
        response
    }))
}
