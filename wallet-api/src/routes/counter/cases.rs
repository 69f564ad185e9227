//! What one officer has proposed and another one has to look at.

use actix_web::web::{Data, Json};
use dure_score::{CertId, PublicKey, Signature, SignedTx};
use dure_service::ServiceError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{enrolment::parse, nonce::Nonce, preview::bytes};
use crate::{
    app::App,
    counter,
    http::{Failure, Officer, Problem},
};

/// A proposal that waits for another officer.
#[derive(Serialize, ToSchema)]
pub struct Case {
    /// The proposing transaction.
    proposal: String,
    /// `rebind`: the account moves to a new phone. `unfreeze`: a frozen account goes on.
    kind: String,
    bid: String,
    name: String,
    /// How the first officer has identified the person.
    reason: String,
    created_at: i64,
    /// Proposed by the officer who asks: somebody else has to approve.
    mine: bool,
}

/// The institution's open cases, newest first.
#[utoipa::path(get, path = "/v1/counter/cases", tag = "counter", responses(
    (status = 200, body = Vec<Case>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(app: Data<App>, officer: Officer) -> Result<Json<Vec<Case>>, Failure> {
    let open = counter::cases(&app, &officer.entered).await?;
    let shown = open.into_iter().map(|(case, name)| Case {
        mine: case.proposed_by == officer.entered.certificate,
        proposal: case.proposal,
        kind: case.kind,
        bid: case.bid,
        name,
        reason: case.reason,
        created_at: case.created_at,
    });
    Ok(Json(shown.collect()))
}

/// The next free number of the officer's certificate.
#[utoipa::path(get, path = "/v1/counter/nonce", tag = "counter", responses(
    (status = 200, body = Nonce), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 422, body = Problem, description = "UNKNOWN_CERTIFICATE")))]
pub async fn nonce(app: Data<App>, officer: Officer) -> Result<Json<Nonce>, Failure> {
    let certificate: CertId = parse("certificate", "32 hex digits", officer.entered.certificate)?;
    Ok(Json(Nonce::of(&app, &certificate).await?))
}

/// An officer's signed proposal or approval.
#[derive(Deserialize, ToSchema)]
pub struct Decision {
    /// Canonical bytes, base64.
    body: String,
    /// Public key, 64 hex digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    key: String,
    /// Signature, 128 hex digits.
    #[schema(pattern = "^[0-9a-f]{128}$")]
    signature: String,
    /// How the person was identified, for a proposal: 2 to 100 characters.
    #[serde(default)]
    reason: String,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub struct Decided {
    /// `applied`, or `open`: the ledger has it and has not answered yet; the same request again is safe.
    status: &'static str,
    /// The quorum is complete and the ledger has done it.
    executed: bool,
}

/// Passes an officer's decision on and waits up to 10 s for finality.
#[utoipa::path(post, path = "/v1/counter/decisions", tag = "counter", request_body = Decision, responses(
    (status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem, description = "NOT_YOUR_DEVICE, CALL_NOT_ALLOWED, NOT_AN_OFFICER"),
    (status = 404, body = Problem, description = "no such case, or no phone that waits for that person"),
    (status = 409, body = Problem, description = "PHONE_GONE"),
    (status = 422, body = Problem, description = "the ledger's refusal; nothing has happened"),
    (status = 429, body = Problem)))]
pub async fn decide(
    app: Data<App>,
    officer: Officer,
    body: Json<Decision>,
) -> Result<Json<Decided>, Failure> {
    app.limits.transaction(&officer.entered.certificate)?;
    let Decision { body, key, signature, reason } = body.into_inner();
    let key: PublicKey = parse("key", "64 lowercase hex digits", key)?;
    let signature: Signature = parse("signature", "128 lowercase hex digits", signature)?;
    let tx = SignedTx::from_parts(&bytes(&body)?, key, signature);
    let tx = tx.map_err(|error| ServiceError::BadTransaction(error.to_string()))?;
    Ok(Json(match counter::submit(&app, &officer.entered, tx, &reason).await? {
        counter::Standing::Applied { executed } => Decided { status: "applied", executed },
        counter::Standing::Open => Decided { status: "open", executed: false },
    }))
}
