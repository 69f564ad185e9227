//! Transactions that other nodes pass on. Each goes through the same door as a client's; none is passed on again.

use actix_web::{HttpRequest, HttpResponse, web};
use minicbor::bytes::ByteVec;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Api,
    body::{self, Form},
    problem::Problem,
};
use crate::{
    admission::Origin,
    gossip::{MAX_BATCH, MAX_BATCH_BYTES},
};

/// A batch and its framing.
pub(super) const MAX_BODY: usize = MAX_BATCH_BYTES + MAX_BATCH * 8;

/// What became of a batch.
#[derive(Serialize, ToSchema)]
pub(super) struct Taken {
    /// Transactions that wait now or are final.
    accepted: usize,
    /// Transactions that were turned away.
    refused: usize,
}

/// Takes a CBOR array of transactions (byte strings of wire bytes).
#[utoipa::path(post, path = "/v1/peer/transactions", responses(
    (status = 202, body = Taken), (status = 400, body = Problem), (status = 413, body = Problem)))]
pub(super) async fn take(
    api: web::Data<Api>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let Form::Cbor(bytes) = body::read(&request, payload, MAX_BODY).await? else {
        return Err(Problem::bad("MALFORMED_BATCH", "send a CBOR array of byte strings"));
    };
    let malformed =
        |_| Problem::bad("MALFORMED_BATCH", "the body is not a canonical CBOR array of byte strings");
    let batch: Vec<ByteVec> = dure_score::codec::decode(&bytes).map_err(malformed)?;
    if batch.len() > MAX_BATCH {
        return Err(Problem::bad("BATCH_TOO_LONG", format!("at most {MAX_BATCH} transactions")));
    }
    let total = batch.len();
    let admit = move || batch.iter().filter(|wire| api.admission.submit(wire, Origin::Peer).is_ok()).count();
    let accepted = web::block(admit).await?;
    Ok(HttpResponse::Accepted().json(Taken { accepted, refused: total.saturating_sub(accepted) }))
}
