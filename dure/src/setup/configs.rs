//! One configuration file a process, written from the processes' own types, so that none can be misspelt.

use std::net::{Ipv4Addr, SocketAddr};

use dure_service::config::Place;
use ledger_node::{
    NodeConfig,
    config::{LogFormat, OrdererKind, ValidatorAddress},
};
use serde::Serialize;

use super::{deployment::Deployment, layout::write_private};
use crate::{
    error::DureError,
    process::{NODES, url},
};

/// A process around the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The sandbox bank.
    Bank,
    /// Citizens' wallet.
    Wallet,
    /// The till.
    Till,
    /// The bank gateway.
    Gateway,
}

/// All of them, in the order in which they start.
pub const SERVICES: [Service; 4] = [Service::Bank, Service::Wallet, Service::Till, Service::Gateway];

impl Service {
    /// Name for configuration and log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Wallet => "wallet",
            Self::Till => "till",
            Self::Gateway => "gateway",
        }
    }

    /// Its program.
    pub const fn binary(self) -> &'static str {
        match self {
            Self::Bank => "sandbox-bank",
            Self::Wallet => "wallet-api",
            Self::Till => "merchant-pos",
            Self::Gateway => "settlement",
        }
    }

    /// Its arguments, with its configuration file.
    pub fn args(self, config: String) -> Vec<String> {
        let with = ["--config".to_owned(), config];
        match self {
            Self::Gateway => std::iter::once("gateway".to_owned()).chain(with).collect(),
            Self::Bank | Self::Wallet | Self::Till => with.to_vec(),
        }
    }
}

/// Writes every configuration file anew.
pub fn write(deployment: &Deployment) -> Result<(), DureError> {
    for index in 0..NODES {
        write_toml(deployment, &format!("node{}", index + 1), &node(deployment, index)?)?;
    }
    write_toml(deployment, Service::Bank.name(), &bank(deployment))?;
    write_toml(deployment, Service::Wallet.name(), &wallet(deployment))?;
    write_toml(deployment, Service::Till.name(), &till(deployment))?;
    write_toml(deployment, Service::Gateway.name(), &gateway(deployment))
}

fn write_toml(deployment: &Deployment, name: &str, config: &impl Serialize) -> Result<(), DureError> {
    let path = deployment.layout.config(name);
    let text = toml::to_string(config).map_err(|error| DureError::file(&path, error))?;
    write_private(&path, text.as_bytes())
}

/// The loopback address with this port.
pub fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// The bank shares no code with the product: its file is written from what its documentation says.
#[derive(Serialize)]
struct BankFile {
    listen: SocketAddr,
    dir: std::path::PathBuf,
    collection: BankAccount,
}

#[derive(Serialize)]
struct BankAccount {
    number: String,
    name: String,
}

fn bank(deployment: &Deployment) -> BankFile {
    let collection = &deployment.city.sheet.collection;
    BankFile {
        listen: local(deployment.ports.bank),
        dir: deployment.layout.bank(),
        collection: BankAccount { number: collection.account.clone(), name: collection.holder.clone() },
    }
}

fn wallet(deployment: &Deployment) -> wallet_api::Config {
    let sheet = &deployment.city.sheet;
    wallet_api::Config {
        listen: local(deployment.ports.wallet),
        public_url: Some(deployment.outside.as_ref().map_or_else(
            || format!("http://{}", local(deployment.ports.wallet)),
            |outside| outside.wallet_url.clone(),
        )),
        authority_file: deployment.outside.as_ref().map(|outside| outside.authority.clone()),
        database_url: deployment.database_url.clone(),
        nodes: deployment.ports.node_urls(),
        key_file: deployment.layout.key("registry-wallet"),
        key_passphrase: deployment.passphrase.clone(),
        insecure_cookies: deployment.outside.is_none(),
        place: Place { ko: sheet.channel.name_ko.clone(), en: sheet.channel.name_en.clone() },
        registrars: registrars(deployment),
        mail: wallet_api::Mail { dir: deployment.layout.mail(), ..Default::default() },
        charge: wallet_api::Charge {
            bank: sheet.collection.bank.clone(),
            account: sheet.collection.account.clone(),
            holder: sheet.collection.holder.clone(),
        },
        ..Default::default()
    }
}

/// The city's register of residents first, then the university's of its students.
fn registrars(deployment: &Deployment) -> Vec<wallet_api::Registrar> {
    let channel = &deployment.city.sheet.channel;
    let residents = wallet_api::Registrar {
        id: "registry".to_owned(),
        asks: wallet_api::Asks::Residents,
        name_ko: format!("{} 시민등록소", channel.name_ko),
        name_en: format!("{} Citizen Registry", channel.name_en),
        file: deployment.city.citizens_file(),
    };
    let campus = &deployment.city.sheet.campus;
    let students = campus.as_ref().map(|campus| wallet_api::Registrar {
        id: "campus".to_owned(),
        asks: wallet_api::Asks::Students,
        name_ko: campus.name_ko.clone(),
        name_en: campus.name_en.clone(),
        file: deployment.city.students_file(),
    });
    [Some(residents), students].into_iter().flatten().collect()
}

fn till(deployment: &Deployment) -> merchant_pos::Config {
    let sheet = &deployment.city.sheet;
    merchant_pos::Config {
        place: Place { ko: sheet.channel.name_ko.clone(), en: sheet.channel.name_en.clone() },
        listen: local(deployment.ports.till),
        database_url: deployment.database_url.clone(),
        nodes: deployment.ports.node_urls(),
        key_file: deployment.layout.key("registry-till"),
        key_passphrase: deployment.passphrase.clone(),
        insecure_cookies: deployment.outside.is_none(),
        ..Default::default()
    }
}

fn gateway(deployment: &Deployment) -> settlement::Config {
    let sheet = &deployment.city.sheet;
    settlement::Config {
        database_url: deployment.database_url.clone(),
        nodes: deployment.ports.node_urls(),
        key_file: deployment.layout.key("bank-1"),
        key_passphrase: deployment.passphrase.clone(),
        bank_inbox: deployment.layout.bank_inbox(),
        bank_outbox: deployment.layout.bank_outbox(),
        dir: deployment.layout.settlement(),
        debtor: sheet.collection.holder.clone(),
        debtor_account: sheet.collection.account.clone(),
        utc_offset_minutes: sheet.channel.utc_offset_minutes,
        ..Default::default()
    }
}

fn node(deployment: &Deployment, index: usize) -> Result<NodeConfig, DureError> {
    let ports = &deployment.ports;
    let (http, p2p) = match (ports.nodes_http.get(index), ports.nodes_p2p.get(index)) {
        (Some(http), Some(p2p)) => (*http, *p2p),
        _ => return Err(DureError::Data(format!("there is no node {index}"))),
    };
    let own = url(http);
    let validators = deployment.validators.iter().zip(&ports.nodes_p2p);
    let layout = &deployment.layout;
    let (genesis, key, dir) = (layout.genesis(), layout.node_key(index), layout.node(index));
    Ok(NodeConfig {
        http_listen: local(http),
        p2p_listen: local(p2p),
        log_format: LogFormat::Text,
        log_filter: "info,commonware=warn".to_owned(),
        peers: ports.node_urls().into_iter().filter(|peer| *peer != own).collect(),
        validators: validators
            .map(|(public_key, port)| ValidatorAddress { public_key: *public_key, address: local(*port) })
            .collect(),
        ..NodeConfig::new(genesis, key, dir, OrdererKind::Bft)
    })
}
