//! A process from its log to its end: what every `main` does.

use std::{
    fmt::Display,
    future::Future,
    io::{self, IsTerminal},
    process::ExitCode,
};

use futures::future::{BoxFuture, FutureExt};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Writes the log to standard error: lines for people on a terminal, JSON for machines otherwise; `RUST_LOG` chooses, or `info`.
pub fn start_log() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if io::stderr().is_terminal() {
        log.init();
    } else {
        log.json().init();
    }
}

/// Completes on SIGTERM or SIGINT, which it takes over at once.
pub fn stop_signal() -> io::Result<BoxFuture<'static, ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    Ok(stop.boxed())
}

/// Runs a service until it is told to stop; a failure is logged and told by its `code`.
pub fn run<E: Display, R: Future<Output = Result<(), E>>>(
    name: &str,
    code: impl Fn(&E) -> &str,
    service: impl FnOnce(BoxFuture<'static, ()>) -> R,
) -> ExitCode {
    start_log();
    let failed = |code: &str, error: &dyn Display| {
        tracing::error!(code, "{error}");
        eprintln!("{name}: {error}");
        ExitCode::FAILURE
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed("RUNTIME", &error),
    };
    runtime.block_on(async {
        match stop_signal() {
            Ok(stop) => match service(stop).await {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => failed(code(&error), &error),
            },
            Err(error) => failed("SIGNALS", &error),
        }
    })
}
