//! What every service can be told, on top of `dure-settings`: the place it serves, which nodes and which database it uses, and
//! the rules that all of them hold their settings to.

use std::{ffi::OsString, net::SocketAddr};

pub use dure_settings::{
    Configuration, Key, Origin, Overrides, Settings, SettingsError, check, load, settings,
};

settings! {
    /// `[place]`: the city or campus, as the header of every page names it. Empty names show the product's name alone.
    pub struct Place {
        values {
            /// Korean name of the city or campus.
            ko: String = String::new(),
            /// English name of the city or campus.
            en: String = String::new(),
        }
    }
}

/// Names the database of a whole deployment; a service's own variable wins over it.
const DEPLOYMENT_DATABASE: &str = "DURE_DATABASE_URL";

/// The nodes of a deployment on this machine.
pub fn local_nodes() -> Vec<String> {
    (7101..=7104).map(|port| format!("http://127.0.0.1:{port}")).collect()
}

/// The database of a deployment on this machine.
pub fn local_database() -> String {
    "sqlite://data/dure.sqlite".to_owned()
}

/// All of the process's environment, as a service with this prefix reads it.
pub fn environment(prefix: &str) -> impl Iterator<Item = (OsString, OsString)> + use<> {
    let own = OsString::from(format!("{prefix}DATABASE_URL"));
    let shared = std::env::var_os(DEPLOYMENT_DATABASE).map(|url| (own, url));
    shared.into_iter().chain(std::env::vars_os())
}

/// The rules for nodes and database, for [`check`].
pub fn ledger_rules(nodes: &[String], database_url: &str) -> [(bool, &'static str); 3] {
    let http = |node: &String| node.starts_with("http://") || node.starts_with("https://");
    [
        // A few dozen is more than any channel has validators; each is tried before a request fails.
        ((1..=64).contains(&nodes.len()), "nodes: name 1 to 64 ledger nodes"),
        (nodes.iter().all(http), "nodes: each is http://host:port or https://host:port"),
        (
            database_url.starts_with("sqlite://") || database_url.starts_with("postgres"),
            "database_url: sqlite://path or postgres://…",
        ),
    ]
}

/// The rules for a service that answers on `listen`, for [`check`].
pub fn server_rules(listen: SocketAddr, workers: usize, insecure_cookies: bool) -> [(bool, &'static str); 2] {
    [
        ((1..=64).contains(&workers), "workers: 1 to 64"),
        (
            !insecure_cookies || listen.ip().is_loopback(),
            "insecure_cookies: only with a loopback address in listen",
        ),
    ]
}

/// The rule for limits a minute, for [`check`]. A thousand a second is no limit any more; the bound keeps the arithmetic of
/// periods exact.
pub fn limit_rule(limits: &[u32]) -> [(bool, &'static str); 1] {
    [(limits.iter().all(|limit| (1..=60_000).contains(limit)), "limits: each is 1 to 60000 a minute")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_out_of_range_are_refused() {
        let nodes = local_nodes();
        assert!(check(&ledger_rules(&nodes, &local_database())).is_ok());
        assert!(check(&ledger_rules(&[], &local_database())).is_err());
        assert!(check(&ledger_rules(&["127.0.0.1:7101".to_owned()], &local_database())).is_err());
        assert!(check(&ledger_rules(&nodes, "mysql://x")).is_err());
        let (here, everywhere) = (SocketAddr::from(([127, 0, 0, 1], 1)), SocketAddr::from(([0, 0, 0, 0], 1)));
        assert!(
            check(&server_rules(here, 2, true)).is_ok() && check(&server_rules(everywhere, 2, false)).is_ok()
        );
        assert!(
            check(&server_rules(everywhere, 2, true)).is_err()
                && check(&server_rules(here, 0, true)).is_err()
        );
        assert!(check(&limit_rule(&[1, 60_000])).is_ok() && check(&limit_rule(&[0])).is_err());
    }
}
