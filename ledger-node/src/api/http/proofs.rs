//! Proofs for anybody who knows the genesis: of what came of a transaction, of what an account holds, of a payment, of a deposit.

use actix_web::{HttpRequest, http::StatusCode, web};
use dure_proof::{AccountProof, RecordProof, TransactionProof};
use dure_score::{Bid, Receipt, TxId, ids::DepositRef};

use super::{Api, access, problem::Problem};
use crate::{
    history::proofs::{self, NoProof},
    store::record::read,
};

/// The proof of a transaction's receipt. It is held against the caller as the receipt itself is.
#[utoipa::path(get, path = "/v1/proofs/transaction/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = Object, description = "receipt, paths, header, certificate, handovers"),
    (status = 404, body = Problem, description = "not in a block"),
    (status = 410, body = Problem, description = "this node no longer keeps that block's receipts"),
    (status = 503, body = Problem, description = "no signed header covers it yet: again after Retry-After")))]
pub(super) async fn transaction(
    api: web::Data<Api>,
    request: HttpRequest,
    id: web::Path<TxId>,
) -> Result<web::Json<TransactionProof>, Problem> {
    let (id, caller) = (id.into_inner(), access::caller(&request));
    let prove = move || {
        let proof = proofs::transaction(&api.ledger, &id)?;
        let receipt: Receipt = read("receipt", proof.receipt.as_bytes())?;
        api.access.may_see(&caller, &receipt)?;
        Ok::<_, Problem>(proof)
    };
    Ok(web::Json(web::block(prove).await??))
}

/// The proof of an account's holdings, or of their absence.
#[utoipa::path(get, path = "/v1/proofs/account/{bid}", params(("bid" = String, Path)), responses(
    (status = 200, body = Object, description = "holdings, path, header, certificate, handovers"),
    (status = 503, body = Problem, description = "no signed header covers it yet: again after Retry-After")))]
pub(super) async fn account(
    api: web::Data<Api>,
    bid: web::Path<Bid>,
) -> Result<web::Json<AccountProof>, Problem> {
    let bid = bid.into_inner();
    let proof = web::block(move || proofs::account(&api.ledger, &bid)).await?;
    Ok(web::Json(proof?))
}

/// The proof of a payment's record: who paid whom, for which order, how much, what has gone back.
#[utoipa::path(get, path = "/v1/proofs/payment/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = Object, description = "record, path, header, certificate, handovers"),
    (status = 404, body = Problem, description = "no such payment"),
    (status = 503, body = Problem, description = "no signed header covers it yet: again after Retry-After")))]
pub(super) async fn payment(
    api: web::Data<Api>,
    id: web::Path<TxId>,
) -> Result<web::Json<RecordProof>, Problem> {
    let id = id.into_inner();
    let proof = web::block(move || proofs::payment(&api.ledger, &id)).await?;
    Ok(web::Json(proof?))
}

/// The proof of a deposit's record: who was charged, how much, with which bonus.
#[utoipa::path(get, path = "/v1/proofs/deposit/{reference}", params(("reference" = String, Path)), responses(
    (status = 200, body = Object, description = "record, path, header, certificate, handovers"),
    (status = 404, body = Problem, description = "no such deposit"),
    (status = 503, body = Problem, description = "no signed header covers it yet: again after Retry-After")))]
pub(super) async fn deposit(
    api: web::Data<Api>,
    reference: web::Path<DepositRef>,
) -> Result<web::Json<RecordProof>, Problem> {
    let reference = reference.into_inner();
    let proof = web::block(move || proofs::deposit(&api.ledger, &reference)).await?;
    Ok(web::Json(proof?))
}

impl From<NoProof> for Problem {
    fn from(error: NoProof) -> Self {
        let (code, detail) = (error.code(), error.to_string());
        match error {
            NoProof::Unknown => Self::new(StatusCode::NOT_FOUND, code, detail),
            NoProof::NotYet => Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail),
            NoProof::Pruned(_) => Self::new(StatusCode::GONE, code, detail),
            NoProof::Ledger(error) => error.into(),
        }
    }
}
