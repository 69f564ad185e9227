//! The day's settlement through the real batch, the real files and a bank that refuses one payee; then the very same
//! run again.

use std::{fs, path::PathBuf, process::Stdio};

use serde_json::{Value, json};

use super::{
    mailbox,
    rest::{Rest, text, won},
    stage::Stage,
    wait,
};
use crate::{demo::binary, error::DureError, process::url};

/// The shop whose bank account is closed.
const REFUSED: &str = "M000102";
/// A shop that was paid and whose only mail is its statement.
const STATED: &str = "M000103";

/// What the batch reported.
pub struct Settled {
    /// The payment file.
    pub file: PathBuf,
    /// Its control sum, won.
    pub control_sum: i64,
    /// What the batch itself could not explain, won.
    pub difference: i64,
}

/// Plays it.
pub async fn run(stage: &mut Stage) -> Result<Settled, DureError> {
    let bank = Rest::new(url(stage.deployment.ports.bank));
    let account = shop(stage, REFUSED)?.bank_account.clone();
    bank.post("/api/rejections", &json!({ "account": account, "reason": "AC04", "enabled": true })).await?;
    let refused = stage.deployment.members.merchant(REFUSED)?;
    let before = stage.client.account(&refused).await?.map(|account| account.balance).unwrap_or_default();

    let first = batch(stage).await?;
    let file = PathBuf::from(text(&first, "/file")?);
    let bytes = fs::read(&file).map_err(|source| DureError::io("read", &file, source))?;
    let again = batch(stage).await?;
    let bytes_again = fs::read(&file).map_err(|source| DureError::io("read", &file, source))?;
    stage.checks.equal("settlement_twice_same_result", &again, &first);
    stage.checks.note("settlement_twice_same_bytes", bytes == bytes_again, "the file changed");
    stage.checks.equal("settlement_closed", &text(&first, "/state")?, &"closed");

    let after = stage.client.account(&refused).await?.map(|account| account.balance).unwrap_or_default();
    stage.checks.equal("rejected_payout_is_back_with_the_merchant", &after, &before);
    for code in ["M000101", STATED] {
        let bid = stage.deployment.members.merchant(code)?;
        let left = stage.client.account(&bid).await?.map(|account| account.balance.get());
        stage.checks.equal("paid_out_merchants_hold_nothing", &left, &Some(0));
    }
    let email = shop(stage, STATED)?.email.clone();
    let (count, _) = wait::until("a statement by mail", async || {
        let count = mailbox::mails(&stage.deployment.layout.mail(), &email)?.len();
        Ok((count > 0).then_some(count))
    })
    .await?;
    stage.checks.equal("one_statement_by_mail", &count, &1);
    Ok(Settled { file, control_sum: won(&first, "/control_sum")?, difference: won(&first, "/difference")? })
}

fn shop<'a>(stage: &'a Stage, code: &str) -> Result<&'a crate::city::Merchant, DureError> {
    let found = stage.deployment.city.merchants.iter().find(|shop| shop.code == code);
    found.ok_or_else(|| DureError::Data(format!("merchants.csv has no {code}")))
}

/// `settlement run` for today; its last line is its report.
async fn batch(stage: &Stage) -> Result<Value, DureError> {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(9))).date();
    let program = binary("settlement")?;
    let config = stage.deployment.layout.config("gateway");
    let mut command = tokio::process::Command::new(&program);
    command.arg("run").arg("--date").arg(today.to_string()).arg("--config").arg(config);
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output = output.map_err(|source| DureError::io("start", &program, source))?;
    let out = String::from_utf8_lossy(&output.stdout);
    let report = out.lines().last().and_then(|line| serde_json::from_str(line).ok());
    match report {
        Some(report) if output.status.success() => Ok(report),
        _ => Err(DureError::Data(format!(
            "settlement run ended with {}: {out}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ))),
    }
}
