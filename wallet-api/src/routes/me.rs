//! `/v1/me`: the person and their devices.

use actix_web::web::{Data, Json};
use dure_db::{DbError, devices, people, registrations};
use dure_score::{CertId, limits::RENEWAL_WINDOW_MS};
use dure_service::ServiceError;
use serde::Serialize;
use utoipa::ToSchema;

use super::{forms, registrations::Registration};
use crate::{
    app::App,
    fault::Fault,
    http::{Failure, Problem, Signed},
    lost::standing,
};

/// The signed-in person.
#[derive(Serialize, ToSchema)]
pub struct Me {
    bid: String,
    name: String,
    email: String,
    certificate: String,
    chain: String,
    #[schema(value_type = forms::PageLang)]
    lang: String,
    /// `active`, `frozen` (nothing can be spent until the person has been at the counter) or `closed`; absent while the ledger does
    /// not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::AccountStatus>, nullable = false)]
    status: Option<&'static str>,
    devices: Vec<Device>,
    /// Everybody who vouches for the person, the first one first.
    registrations: Vec<Registration>,
    /// When the certificate of the device that asks runs out, ms; absent while the ledger does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    certificate_ends_at: Option<u64>,
    /// From when on it can be renewed, ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    renewable_from: Option<u64>,
}

/// One of the person's devices.
#[derive(Serialize, ToSchema)]
pub struct Device {
    certificate: String,
    name: String,
    /// When enrolled, ms.
    created_at: i64,
    /// When its PIN was last right, ms.
    last_used_at: i64,
    /// Ended for good.
    revoked: bool,
    /// The one that asks.
    current: bool,
}

/// Who is signed in.
#[utoipa::path(get, path = "/v1/me", tag = "account", responses(
    (status = 200, body = Me), (status = 401, body = Problem)))]
pub async fn me(app: Data<App>, signed: Signed) -> Result<Json<Me>, Failure> {
    let bid = signed.bid.clone();
    let (person, known, vouching) = app
        .db
        .run::<_, DbError, _>(move |c| {
            Ok((people::by_bid(c, &bid)?, devices::of_owner(c, &bid)?, registrations::of(c, &bid)?))
        })
        .await?;
    let person = person.ok_or(ServiceError::NotSignedIn)?;
    let (status, ends_at) = tokio::join!(status(&app, &signed), ends_at(&app, &signed.certificate));
    let registrations = vouching.into_iter().map(|row| Registration::of(&app.registrars, row)).collect();
    let devices = known
        .into_iter()
        .map(|device| Device {
            current: device.certificate == signed.certificate,
            certificate: device.certificate,
            name: device.name,
            created_at: device.created_at,
            last_used_at: device.last_used_at,
            revoked: device.revoked_at.is_some(),
        })
        .collect();
    Ok(Json(Me {
        bid: signed.bid,
        name: person.display_name,
        email: person.email,
        certificate: signed.certificate,
        chain: app.chain.to_string(),
        lang: person.lang,
        status: status?,
        devices,
        registrations,
        certificate_ends_at: ends_at,
        renewable_from: ends_at.map(|ends| ends.saturating_sub(RENEWAL_WINDOW_MS)),
    }))
}

/// How the account stands on the ledger. Who is offline there still sees their devices here.
async fn status(app: &App, signed: &Signed) -> Result<Option<&'static str>, Fault> {
    let account = app.client.account(&signed.person()?).await.ok().flatten();
    Ok(account.and_then(|account| account.member).map(|member| standing(member.status)))
}

/// When a certificate runs out, by the ledger; none while it does not answer.
async fn ends_at(app: &App, certificate: &str) -> Option<u64> {
    let certificate: CertId = certificate.parse().ok()?;
    let info = app.client.certificate(&certificate).await.ok().flatten();
    info.map(|info| info.certificate.expires_at)
}
