//! What must be refused, by which code, and without any effect.

use std::{process::Stdio, time::Duration};

use dure_ledger_client::ClientError;
use dure_score::{
    Amount, Call, ChainId, OrderId, Receipt, Refusal, SignedTx, Transaction, TxId,
    call::{TokenPay, TokenRefund},
    limits::MAX_TX_BYTES,
};
use dure_web::emvco;

use super::{
    money::{Cast, PaidOrder},
    rest::Rest,
    stage::Stage,
};
use crate::{
    demo::binary,
    error::DureError,
    setup::{read_text, write_private},
    signatory::{PATIENCE, Signatory},
};

/// How long a process may take to refuse its configuration.
const REFUSAL_PATIENCE: Duration = Duration::from_secs(10);

/// Runs all of it.
pub async fn run(stage: &mut Stage, cast: &Cast, paid: &PaidOrder) -> Result<(), DureError> {
    let before = holdings(stage, cast).await?;
    refused_calls(stage, cast, paid).await?;
    refused_envelopes(stage, cast, paid).await?;
    refused_bytes(stage).await?;
    refused_codes(stage, paid);
    refused_configuration(stage).await?;
    let after = holdings(stage, cast).await?;
    stage.checks.equal("refusals_change_nothing", &after, &before);
    Ok(())
}

async fn holdings(stage: &Stage, cast: &Cast) -> Result<Vec<Amount>, DureError> {
    let mut found = Vec::new();
    for bid in [cast.mina.bid, cast.joon.bid, cast.bakery.bid, cast.books.bid] {
        found.push(stage.client.account(&bid).await?.map(|account| account.balance).unwrap_or_default());
    }
    Ok(found)
}

/// Calls that the contract itself refuses.
async fn refused_calls(stage: &mut Stage, cast: &Cast, paid: &PaidOrder) -> Result<(), DureError> {
    let pay = |order: &OrderId, amount| {
        Call::TokenPay(TokenPay {
            merchant: paid.merchant,
            order: order.clone(),
            amount: Amount::new(amount),
            cashback: None,
        })
    };
    let fresh = OrderId::new("S-HOSTILE").map_err(|error| DureError::Data(error.to_string()))?;
    let refund = |payment, amount| Call::TokenRefund(TokenRefund { payment, amount: Amount::new(amount) });
    let cases: [(&'static str, &Signatory, Call, &str); 6] = [
        ("second_payment_of_an_order_refused", &cast.joon.key, pay(&paid.order, 12_000), "ORDER_PAID"),
        ("insufficient_funds_refused", &cast.mina.key, pay(&fresh, 900_000_000), "INSUFFICIENT_FUNDS"),
        ("zero_amount_refused", &cast.mina.key, pay(&fresh, 0), "AMOUNT_OUT_OF_RANGE"),
        (
            "refund_above_payment_refused",
            &cast.bakery.key,
            refund(paid.payment.id(), 8_000),
            "REFUND_TOO_LARGE",
        ),
        ("refund_by_another_shop_refused", &cast.books.key, refund(paid.payment.id(), 1), "NOT_ALLOWED"),
        ("refund_of_nothing_refused", &cast.bakery.key, refund(TxId::default(), 1), "UNKNOWN_PAYMENT"),
    ];
    for (name, signatory, call, code) in cases {
        let signed = signatory.sign(call).await?;
        let found = outcome(stage, &signed).await?;
        stage.checks.equal(name, &found.as_str(), &code);
    }
    Ok(())
}

/// Transactions that never reach the contract: replayed, forged, of another channel, too late.
async fn refused_envelopes(stage: &mut Stage, cast: &Cast, paid: &PaidOrder) -> Result<(), DureError> {
    let original = paid.payment.transaction().clone();
    // The very same bytes: the answer is the first receipt, and nothing moves.
    let again = stage.client.submit_and_wait(&paid.payment, PATIENCE).await?;
    let first = stage.client.receipt(&paid.payment.id()).await?;
    stage.checks.equal("same_bytes_same_receipt", &Some(again), &first);
    // The same number under another order.
    let order = OrderId::new("S-REPLAY").map_err(|error| DureError::Data(error.to_string()))?;
    let call =
        Call::TokenPay(TokenPay { merchant: paid.merchant, order, amount: Amount::new(100), cashback: None });
    let base = Transaction { call, ..original };
    let elsewhere = ChainId::new("elsewhere-1").map_err(|error| DureError::Data(error.to_string()))?;
    let cases = [
        ("replay_refused", &cast.mina.key, base.clone(), "REPLAY"),
        (
            "wrong_chain_refused",
            &cast.mina.key,
            Transaction { chain: elsewhere, ..base.clone() },
            "WRONG_CHAIN",
        ),
        ("expired_refused", &cast.mina.key, Transaction { valid_until: 1, ..base.clone() }, "EXPIRED"),
        ("wrong_key_refused", &cast.joon.key, base, "BAD_SIGNATURE"),
    ];
    for (name, signatory, transaction, code) in cases {
        let signed = signatory.sign_exactly(&transaction)?;
        let found = outcome(stage, &signed).await?;
        stage.checks.equal(name, &found.as_str(), &code);
    }
    Ok(())
}

/// The code under which the ledger refuses, at admission or in its receipt; `APPLIED` if it does not.
async fn outcome(stage: &Stage, signed: &SignedTx) -> Result<String, DureError> {
    let code = |refusal: &Refusal| refusal.code().to_owned();
    match stage.client.submit_and_wait(signed, PATIENCE).await {
        Ok(receipt) => Ok(Receipt::refusal(&receipt).map_or_else(|| "APPLIED".to_owned(), code)),
        Err(ClientError::Refused(refusal)) => Ok(code(&refusal)),
        Err(error) => Err(error.into()),
    }
}

/// Bytes that are no transaction, at every door.
async fn refused_bytes(stage: &mut Stage) -> Result<(), DureError> {
    let ports = &stage.deployment.ports;
    let mut wrong = Vec::new();
    let huge = vec![0u8; MAX_TX_BYTES * 64];
    let bodies: [&[u8]; 4] = [b"", b"\xff\x00garbage", b"\x83\x41", &huge];
    let doors = [
        (ports.nodes_http.first().copied().unwrap_or_default(), "/v1/transactions", "application/cbor"),
        (ports.nodes_http.last().copied().unwrap_or_default(), "/v1/dry-run", "application/cbor"),
        (ports.wallet, "/v1/enrolment/start", "application/json"),
        (ports.wallet, "/v1/transactions", "application/json"),
        (ports.till, "/v1/orders", "application/json"),
        (ports.bank, "/api/deposits", "application/json"),
    ];
    for (port, path, kind) in doors {
        let rest = Rest::new(crate::process::url(port));
        for body in bodies {
            let answer = rest.post_bytes(path, kind, body).await?;
            if !(400..500).contains(&answer.status) || answer.kind != "application/problem+json" {
                wrong.push(format!("{port}{path} {} bytes: {} {}", body.len(), answer.status, answer.kind));
            }
        }
    }
    stage.checks.note("malformed_bytes_are_4xx_problems", wrong.is_empty(), wrong.join("; "));
    Ok(())
}

/// A QR with one digit of its amount changed.
fn refused_codes(stage: &mut Stage, paid: &PaidOrder) {
    let altered = paid.qr.replacen("540512000", "540511000", 1);
    let found = emvco::decode(&altered).err().map(|error| error.code());
    stage.checks.equal("altered_qr_refused", &found, &Some("QR_CRC"));
}

/// Each process's own configuration with one key that nobody knows.
async fn refused_configuration(stage: &mut Stage) -> Result<(), DureError> {
    let layout = &stage.deployment.layout;
    let mut silent = Vec::new();
    for (name, config) in [
        ("ledger-node", "node1"),
        ("wallet-api", "wallet"),
        ("merchant-pos", "till"),
        ("sandbox-bank", "bank"),
    ] {
        let text = format!("lisen = '127.0.0.1:1'\n{}", read_text(&layout.config(config))?);
        let path = layout.config("unknown-key");
        write_private(&path, text.as_bytes())?;
        let program = binary(name)?;
        let mut command = tokio::process::Command::new(&program);
        command.arg("--config").arg(&path).stdin(Stdio::null()).kill_on_drop(true);
        // A process that takes the file would run for ever.
        let output = tokio::time::timeout(REFUSAL_PATIENCE, command.output()).await;
        let refused = match output {
            Ok(output) => {
                let output = output.map_err(|source| DureError::io("start", &program, source))?;
                let said = [output.stderr, output.stdout].concat();
                !output.status.success() && String::from_utf8_lossy(&said).contains("lisen")
            }
            Err(_) => false,
        };
        if !refused {
            silent.push(name);
        }
    }
    stage.checks.note("unknown_configuration_key_refused", silent.is_empty(), format!("{silent:?}"));
    Ok(())
}
