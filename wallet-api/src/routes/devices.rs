//! `/v1/devices/*`: what a person calls their devices. Revoking one is a transaction, signed by another.

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use dure_db::{DbError, devices};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    enrolment::device_name,
    fault::Fault,
    http::{Failure, Problem, Signed},
};

/// A device's new name.
#[derive(Deserialize, ToSchema)]
pub struct Rename {
    /// 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    device_name: String,
}

/// Gives one of the person's devices another name.
#[utoipa::path(post, path = "/v1/devices/{certificate}/name", tag = "account", params(("certificate" = String, Path)),
    request_body = Rename, responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn rename(
    app: Data<App>,
    signed: Signed,
    certificate: Path<String>,
    body: Json<Rename>,
) -> Result<HttpResponse, Failure> {
    app.limits.lookup(&signed.bid)?;
    let name = device_name(&body.into_inner().device_name)?;
    let (certificate, owner) = (certificate.into_inner(), signed.bid);
    let renamed = move |c: &mut _| devices::rename(c, &certificate, &owner, &name);
    match app.db.run::<_, DbError, _>(renamed).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(Fault::NotFound.into()),
    }
}
