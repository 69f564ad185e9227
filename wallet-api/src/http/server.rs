//! The server.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{
    App as ActixApp, HttpServer,
    middleware::from_fn,
    web::{self, Data, ServiceConfig},
};

use super::{guard, problem};
use crate::{app::App, routes};

/// Largest body: a signed transaction of 16 KiB in base64 with its signature, twice over.
const MAX_BODY: usize = 64 * 1024;
/// Connections of one thread; event streams stay open.
const MAX_CONNECTIONS: usize = 5_000;

/// Everything that the service answers, with its limits; for the server and for tests.
pub fn surface(app: Data<App>) -> impl FnOnce(&mut ServiceConfig) {
    move |config: &mut ServiceConfig| {
        config
            .app_data(app)
            .app_data(web::JsonConfig::default().limit(MAX_BODY).error_handler(problem::json))
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .app_data(web::QueryConfig::default().error_handler(problem::query))
            .app_data(web::PathConfig::default().error_handler(problem::path))
            .configure(routes::configure);
    }
}

/// Serves until `shutdown`, then ends streams and finishes open requests.
pub async fn serve(
    app: Arc<App>,
    listen: SocketAddr,
    workers: usize,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let served = Data::from(app.clone());
    let server = HttpServer::new(move || {
        ActixApp::new().wrap(from_fn(guard::protect)).configure(surface(served.clone()))
    })
    .workers(workers)
    .max_connections(MAX_CONNECTIONS)
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(5)
    .disable_signals()
    .bind(listen)?
    .run();
    let handle = server.handle();
    let running = tokio::spawn(server);
    tracing::info!(%listen, "wallet-api answers");
    shutdown.await;
    app.hub.close();
    handle.stop(true).await;
    running.await.map_err(std::io::Error::other)?
}
