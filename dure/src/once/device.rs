//! A device that does what the pages' script does: makes a key, enrols over HTTP, signs what its owner asks for.

use std::time::{Duration, SystemTime};

use base64::{Engine, engine::general_purpose::STANDARD};
use dure_ledger_client::{LedgerClient, Signer};
use dure_score::{
    Bid, Call, ChainId, SignedTx, codec, ids::sha256, record::Role, signature::SigningKey,
    tx::possession_message,
};
use serde_json::{Value, json};

use super::{
    mailbox,
    rest::{Rest, text},
};
use crate::{error::DureError, setup::Deployment, signatory::Signatory};

/// An enrolled device with a session at its server.
pub struct Device {
    /// Whose it is.
    pub bid: Bid,
    /// The session.
    pub rest: Rest,
    /// The key.
    pub key: Signatory,
}

impl Device {
    /// Enrols with the server at `base`: `start` is the first request, the code comes by mail to `email`.
    pub async fn enrol(
        deployment: &Deployment,
        client: &LedgerClient,
        base: String,
        email: &str,
        start: Value,
    ) -> Result<Self, DureError> {
        let rest = Rest::new(base);
        // File systems keep a coarser clock than we do.
        let since = SystemTime::now().checked_sub(Duration::from_secs(1)).unwrap_or(SystemTime::UNIX_EPOCH);
        let enrolment = rest.post("/v1/enrolment/start", &start).await?;
        let code = mailbox::code(&deployment.layout.mail(), email, since).await?;
        let confirm = json!({ "enrolment": text(&enrolment, "/enrolment")?, "code": code });
        let confirmed = rest.post("/v1/enrolment/confirm", &confirm).await?;
        let bid: Bid = parse(text(&confirmed, "/bid")?)?;
        let role = match text(&confirmed, "/role")? {
            "terminal" => Role::Terminal,
            _ => Role::Holder,
        };
        let chain =
            ChainId::new(text(&confirmed, "/chain")?).map_err(|error| DureError::Data(error.to_string()))?;
        let key = SigningKey::from_seed(rand::random());
        let public_key = key.public_key();
        let possession = Signer::sign(&key, &possession_message(&chain, &bid, role, &public_key));
        let (salt, pin_proof): ([u8; 32], [u8; 32]) = (rand::random(), rand::random());
        let certify = json!({
            "ticket": text(&confirmed, "/ticket")?,
            "public_key": public_key,
            "possession": possession,
            "device_name": "scripted run",
            "pin_proof": STANDARD.encode(pin_proof),
            "device_tag": STANDARD.encode(sha256(&[b"dure:device-tag\0", &salt])),
        });
        rest.post("/v1/enrolment/certify", &certify).await?;
        Ok(Self { bid, rest, key: Signatory::new(Box::new(key), client, &deployment.chain) })
    }

    /// Signs `call` and sends it through the device's own server; the answer may be a refusal.
    pub async fn send(&self, call: Call) -> Result<Sent, DureError> {
        let signed = self.key.sign(call).await?;
        self.send_signed(signed).await
    }

    /// Sends a transaction through the device's own server.
    pub async fn send_signed(&self, signed: SignedTx) -> Result<Sent, DureError> {
        let body = json!({
            "body": STANDARD.encode(codec::encode(signed.transaction())),
            "key": signed.key(),
            "signature": signed.signature(),
        });
        let answer = self.rest.try_post("/v1/transactions", &body).await?;
        let outcome = answer.body.pointer("/receipt/outcome/outcome").and_then(Value::as_str);
        let applied = answer.status < 300 && outcome == Some("applied");
        Ok(Sent { signed, applied, answer: answer.body })
    }
}

/// What came of sending.
pub struct Sent {
    /// The transaction.
    pub signed: SignedTx,
    /// True if it is final and applied.
    pub applied: bool,
    /// The server's answer.
    pub answer: Value,
}

impl Sent {
    /// Refuses unless it applied.
    pub fn must_apply(self) -> Result<SignedTx, DureError> {
        if self.applied {
            return Ok(self.signed);
        }
        let what = self.signed.transaction().call.name().to_owned();
        Err(DureError::Refused { what, code: self.answer.to_string() })
    }
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, DureError> {
    text.parse().map_err(|error: T::Err| DureError::Data(format!("{text:?}: {error}")))
}
