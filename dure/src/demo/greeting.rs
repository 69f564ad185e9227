//! What a person needs to try the demo, on the screen and as `demo.json` for scripts.

use serde_json::json;

use crate::{
    console::say,
    error::DureError,
    lan::Lan,
    process::url,
    setup::{Deployment, write_private},
};

/// People and shops that are shown; all of them are in the city's data files.
const SHOWN: usize = 3;

/// Tells addresses, people and where mail lands.
pub fn tell(deployment: &Deployment, lan: Option<&Lan>) -> Result<(), DureError> {
    let ports = &deployment.ports;
    let city = &deployment.city;
    let channel = &city.sheet.channel;
    say("");
    say(&format!("  {} {} is open.", channel.name_ko, channel.name_en));
    say("");
    let (wallet, till) =
        lan.map_or_else(|| (url(ports.wallet), url(ports.till)), |lan| (lan.wallet_url(), lan.till_url()));
    if let Some(lan) = lan {
        lan.picture().lines().for_each(|line| say(&format!("  {line}")));
        say(
            "  Scan it with a phone in the same network. The phone warns, because this machine vouches for itself:",
        );
        say(&format!("  go on, then open {wallet}/trust, which tells how to trust it for good."));
        say("");
    }
    say(&format!("  wallet   {wallet}"));
    say(&format!("  till     {till}"));
    say(&format!("  bank     {}", url(ports.bank)));
    say(&format!("  nodes    {}", ports.node_urls().join("  ")));
    say("");
    say("  Enrol in the wallet as one of these (name, day of birth, e-mail):");
    for citizen in city.citizens.iter().take(SHOWN) {
        say(&format!("    {}   {}   {}", citizen.name, citizen.birth, citizen.email));
    }
    say("  and at the till as one of these shops:");
    for shop in city.merchants.iter().take(SHOWN) {
        say(&format!("    {} {} {}   {}", shop.code, shop.name_ko, shop.name_en, shop.email));
    }
    say(&format!("  The codes arrive as files in {}", deployment.layout.mail().display()));
    say(&format!("  Lost phones are helped at {wallet}/counter, by two officers:"));
    let (one, two) = (deployment.layout.key("city-hall-1"), deployment.layout.key("city-hall-2"));
    say(&format!("    key files {} and {}", one.display(), two.display()));
    say(&format!("    the passphrase of both is in {}", deployment.layout.passphrase().display()));
    say("  The PIN is yours to choose: six digits without sequence or repetition, such as 258036.");
    say(&format!("  Everybody else is in {}", city.folder.display()));
    say("");
    say("  Ctrl-C stops everything; the data stays for the next time.");
    let path = deployment.layout.demo();
    let told = json!({
        "wallet": wallet,
        "till": till,
        "bank": url(ports.bank),
        "nodes": ports.node_urls(),
        "mail": deployment.layout.mail(),
        "keys": deployment.layout.keys(),
        "chain": deployment.chain,
    });
    write_private(&path, format!("{told}\n").as_bytes())
}
