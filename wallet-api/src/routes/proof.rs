//! `/v1/transactions/{id}/proof`: what the browser itself checks, and `/v1/genesis`: what it checks against.
//!
//! A receipt's own proof would show what the other side holds. So a payment is proven by the payment's record, a charge by the
//! deposit's, and everything else by what the person's own account holds after it.

use actix_web::web::{Data, Json, Path};
use dure_proof::{AccountProof, Pinned, RecordProof};
use dure_score::{Bid, Effect, Receipt, TxId, ids::DepositRef};
use serde::Serialize;
use utoipa::ToSchema;

use super::{forms, transactions::visible};
use crate::{
    app::App,
    fault::Fault,
    http::{Failure, Problem, Signed},
};

/// What is proven of a transaction. The proof's form is the node's (`proof.cddl`).
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proof {
    /// A payment, and what of it has gone back.
    Payment {
        /// The transaction that paid.
        #[schema(value_type = String)]
        id: TxId,
        #[schema(value_type = Object)]
        proof: RecordProof,
    },
    /// A deposit that has become coin.
    Deposit {
        #[schema(value_type = String)]
        reference: DepositRef,
        #[schema(value_type = Object)]
        proof: RecordProof,
    },
    /// What the person holds.
    Account {
        #[schema(value_type = String)]
        bid: Bid,
        #[schema(value_type = Object)]
        proof: AccountProof,
    },
}

/// The proof of a transaction that concerns the person.
#[utoipa::path(get, path = "/v1/transactions/{id}/proof", tag = "transactions", params(("id" = String, Path)), responses(
    (status = 200, body = Proof), (status = 401, body = Problem), (status = 404, body = Problem),
    (status = 503, body = Problem, description = "NOT_YET_PROVABLE for a second after the payment: again after Retry-After")))]
pub async fn proof(app: Data<App>, signed: Signed, id: Path<String>) -> Result<Json<Proof>, Failure> {
    let id: TxId = id.parse().map_err(|_| Fault::NotFound)?;
    let receipt = app.client.receipt(&id).await?.ok_or(Fault::NotFound)?;
    visible(&app, &signed, &receipt).await?.ok_or(Fault::NotFound)?;
    let person = signed.person()?;
    let proof = match subject(&receipt, &person) {
        Subject::Payment(id) => {
            let proof = app.client.payment_proof(&id).await?.ok_or(Fault::NotFound)?;
            Proof::Payment { id, proof }
        }
        Subject::Deposit(reference) => {
            let proof = app.client.deposit_proof(&reference).await?.ok_or(Fault::NotFound)?;
            Proof::Deposit { reference, proof }
        }
        Subject::Account => {
            let proof = app.client.account_proof(&person).await?;
            Proof::Account { bid: person, proof }
        }
    };
    Ok(Json(proof))
}

enum Subject {
    Payment(TxId),
    Deposit(DepositRef),
    Account,
}

/// What the receipt is about, for this person.
fn subject(receipt: &Receipt, person: &Bid) -> Subject {
    let about = receipt.effects.iter().find_map(|effect| match effect {
        Effect::Paid { payment, payer, .. } | Effect::Refunded { payment, payer, .. } if payer == person => {
            Some(Subject::Payment(*payment))
        }
        Effect::Charged { to, deposit, .. } if to == person => Some(Subject::Deposit(deposit.clone())),
        _ => None,
    });
    about.unwrap_or(Subject::Account)
}

/// What a browser trusts: the channel's name, the hash of its genesis, the first validators. A device keeps the one that it
/// met when it was enrolled.
#[utoipa::path(get, path = "/v1/genesis", tag = "transactions", responses((status = 200, body = forms::Genesis)))]
pub async fn genesis(app: Data<App>) -> Json<Pinned> {
    Json(app.pinned.clone())
}
