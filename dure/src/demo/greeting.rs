//! What a person needs to try the demo, on the screen and as `demo.json` for scripts.

use serde_json::json;

use crate::{
    console::say,
    error::DureError,
    process::url,
    setup::{Deployment, write_private},
};

/// People and shops that are shown; all of them are in the city's data files.
const SHOWN: usize = 3;

/// Tells addresses, people and where mail lands.
pub fn tell(deployment: &Deployment) -> Result<(), DureError> {
    let ports = &deployment.ports;
    let city = &deployment.city;
    let channel = &city.sheet.channel;
    say("");
    say(&format!("  {} {} is open.", channel.name_ko, channel.name_en));
    say("");
    say(&format!("  wallet   {}", url(ports.wallet)));
    say(&format!("  till     {}", url(ports.till)));
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
    say("  The PIN is yours to choose: six digits without sequence or repetition, such as 258036.");
    say(&format!("  Everybody else is in {}", city.folder.display()));
    say("");
    say("  Ctrl-C stops everything; the data stays for the next time.");
    let path = deployment.layout.demo();
    let told = json!({
        "wallet": url(ports.wallet),
        "till": url(ports.till),
        "bank": url(ports.bank),
        "nodes": ports.node_urls(),
        "mail": deployment.layout.mail(),
        "chain": deployment.chain,
    });
    write_private(&path, format!("{told}\n").as_bytes())
}
