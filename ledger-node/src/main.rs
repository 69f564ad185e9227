//! The node's process: configuration, log, signals.

use std::{io::IsTerminal as _, process::ExitCode};

use clap::Parser;
use ledger_node::{
    NodeConfig, NodeError,
    config::{LogFormat, Overrides},
    run,
};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// A node of the permissioned ledger.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    overrides: Overrides,
}

/// A payment makes many small pieces on one thread that another frees; the system's allocator spends an eighth of all time there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match NodeConfig::load(&arguments.overrides, std::env::vars_os()) {
        Ok(config) => config,
        Err(error) => return fail(&error.into()),
    };
    if let Err(error) = start_log(&config) {
        return fail(&error);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.map_err(NodeError::Http).and_then(|runtime| {
        runtime.block_on(async {
            let stop = stop_signal()?;
            run(config, stop).await
        })
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &NodeError) -> ExitCode {
    tracing::error!(code = error.code(), %error, "node ends");
    eprintln!("ledger-node: {error} ({})", error.code());
    ExitCode::from(error.exit_status())
}

fn start_log(config: &NodeConfig) -> Result<(), NodeError> {
    let bad = |error: tracing_subscriber::filter::ParseError| {
        ledger_node::config::ConfigError::Invalid(format!("log_filter: {error}"))
    };
    let filter = EnvFilter::try_new(&config.log_filter).map_err(bad)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let log = log.with_ansi(std::io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Json => log.json().init(),
        LogFormat::Text => log.init(),
    }
    Ok(())
}

/// Resolves at SIGTERM or SIGINT.
fn stop_signal() -> Result<impl Future<Output = ()>, NodeError> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
