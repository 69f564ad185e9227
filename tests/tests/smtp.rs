//! Mail over real SMTP: the wallet hands the one-time code to a server that is not ours.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use dure::{
    demo::{binary, wait_answer},
    once::Rest,
    process::{Program, url},
};
use dure_tests::network;
use serde_json::json;

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn smtp_server(port: u16, mailbox: &Path) -> Server {
    let packages = std::env::var_os("DURE_PY_DIR").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/dure/py"),
        PathBuf::from,
    );
    assert!(packages.join("aiosmtpd").is_dir(), "{} has no aiosmtpd: run `make setup`", packages.display());
    let mut command = Command::new("python3");
    command.args([
        "-m",
        "aiosmtpd",
        "-n",
        "-l",
        &format!("127.0.0.1:{port}"),
        "-c",
        "aiosmtpd.handlers.Mailbox",
    ]);
    let child = command.arg(mailbox).env("PYTHONPATH", packages).stdin(Stdio::null()).spawn();
    let server = Server(child.expect("python3 is missing: run `make setup`"));
    for _ in 0..200 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return server;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the SMTP server did not start");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_time_code_arrives_by_smtp() {
    let network = network::start().await;
    let layout = &network.deployment.layout;
    let ports = &network.deployment.ports;
    let mailbox = layout.root().join("maildir");
    // The bank does not run in this test: its port is free.
    let _server = smtp_server(ports.bank, &mailbox);

    let path = layout.config("wallet");
    let mut config: wallet_api::Config = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    config.mail.transport = wallet_api::MailTransport::Smtp;
    config.mail.port = ports.bank;
    fs::write(&path, toml::to_string(&config).unwrap()).unwrap();
    let program = Program {
        name: "wallet".to_owned(),
        binary: binary("wallet-api").unwrap(),
        args: vec!["--config".to_owned(), path.display().to_string()],
        log: layout.log("wallet"),
    };
    let mut wallet = program.start(&network.guard).unwrap();
    wait_answer(&mut wallet, &format!("{}/health", url(ports.wallet))).await.unwrap();

    let rest = Rest::new(url(ports.wallet));
    let citizen = &network.deployment.city.citizens[1];
    let start = json!({
        "email": citizen.email, "name": citizen.name, "birth": citizen.birth.to_string(), "lang": "en",
    });
    let enrolment = rest.post("/v1/enrolment/start", &start).await.unwrap();
    let mail = arrived(&mailbox).await;
    assert!(mail.contains(&citizen.email), "{mail}");
    let code =
        mail.split("\n\n").nth(1).unwrap().split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6);
    let confirm = json!({ "enrolment": enrolment["enrolment"], "code": code.expect("a six-digit code") });
    let confirmed = rest.post("/v1/enrolment/confirm", &confirm).await.unwrap();
    assert_eq!(confirmed["bid"], network.deployment.members.citizen(&citizen.email).unwrap().to_string());
    wallet.ask_to_stop();
    assert!(wallet.wait_stopped().unwrap());
}

async fn arrived(mailbox: &Path) -> String {
    for _ in 0..400 {
        let first = fs::read_dir(mailbox.join("new")).ok().and_then(|mut entries| entries.next());
        if let Some(entry) = first {
            return fs::read_to_string(entry.unwrap().path()).unwrap().replace("\r\n", "\n");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no mail arrived within 20 s");
}
