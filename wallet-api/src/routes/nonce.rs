//! `/v1/nonce`: the number for the device's next transaction.

use actix_web::web::{Data, Json};
use dure_score::CertId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    fault::Fault,
    http::{Failure, Problem, Signed},
};

/// A nonce.
#[derive(Serialize, ToSchema)]
pub struct Nonce {
    /// One more than the highest that the ledger has seen.
    next: u64,
}

/// The next nonce of the session's device.
#[utoipa::path(get, path = "/v1/nonce", tag = "transactions", responses(
    (status = 200, body = Nonce), (status = 401, body = Problem),
    (status = 422, body = Problem, description = "UNKNOWN_CERTIFICATE"), (status = 503, body = Problem)))]
pub async fn nonce(app: Data<App>, signed: Signed) -> Result<Json<Nonce>, Failure> {
    let certificate: CertId =
        signed.certificate.parse().map_err(|_| Fault::Internal("a stored certificate id is damaged"))?;
    Ok(Json(Nonce::of(&app, &certificate).await?))
}

impl Nonce {
    /// The next one of a certificate.
    pub(super) async fn of(app: &App, certificate: &CertId) -> Result<Self, Fault> {
        let info = app.client.certificate(certificate).await?;
        let info = info.ok_or(Fault::Refused(dure_score::Refusal::UnknownCertificate))?;
        Ok(Self { next: info.highest_nonce.saturating_add(1) })
    }
}
