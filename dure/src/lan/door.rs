//! Ends TLS and hands the bytes to a service on the loopback address.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

use crate::error::DureError;

/// Connections at once: a room full of phones, each with a few.
const MOST: usize = 500;
/// A handshake takes a few round trips; a phone that sleeps in between comes again.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Listens at `outside` for as long as the runtime lives.
pub async fn open(outside: SocketAddr, service: SocketAddr, tls: Arc<ServerConfig>) -> Result<(), DureError> {
    let listener = TcpListener::bind(outside).await;
    let listener =
        listener.map_err(|source| DureError::io("listen at", Path::new(&outside.to_string()), source))?;
    let acceptor = TlsAcceptor::from(tls);
    let room = Arc::new(Semaphore::new(MOST));
    tokio::spawn(async move {
        loop {
            let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
            let Ok((stream, _)) = listener.accept().await else {
                // Out of file descriptors, mostly: those that end give some back.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let _place = place;
                if let Err(error) = pass(stream, service, &acceptor).await {
                    tracing::debug!(%error, "a connection from the network ended");
                }
            });
        }
    });
    Ok(())
}

async fn pass(stream: TcpStream, service: SocketAddr, acceptor: &TlsAcceptor) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut outside = timeout(HANDSHAKE, acceptor.accept(stream)).await??;
    let mut inside = TcpStream::connect(service).await?;
    inside.set_nodelay(true)?;
    copy_bidirectional(&mut outside, &mut inside).await?;
    Ok(())
}
