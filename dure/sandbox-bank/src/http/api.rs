//! The endpoints for scripts.

use super::problem::Problem;
use super::view::{DepositView, State};
use super::work::with_bank;
use crate::bank::Bank;
use crate::book::Reason;
use crate::error::InputError;
use crate::text::parse_won;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DepositBody {
    payer: String,
    amount: Won,
    reference: String,
}

/// Won as a string of digits, which is how this product writes money, or as an integer, which is what people type.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Won {
    Text(String),
    Number(u64),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RejectionBody {
    account: String,
    #[serde(default)]
    reason: Option<String>,
    enabled: bool,
}

/// `POST /api/deposits`: books a deposit, 201 with its references.
pub(super) async fn deposit(
    bank: web::Data<Bank>,
    body: web::Json<DepositBody>,
) -> Result<HttpResponse, Problem> {
    let DepositBody { payer, amount, reference } = body.into_inner();
    let amount = match amount {
        Won::Number(amount) => Some(amount),
        Won::Text(text) => parse_won(&text),
    };
    let deposit =
        with_bank(bank, move |bank| bank.deposit(&payer, amount.ok_or(InputError::Amount)?, &reference))
            .await?;
    Ok(HttpResponse::Created().json(DepositView::of(&deposit)))
}

/// `POST /api/rejections`: turns the refusal of payments to an account on or off, 200 with the bank's state.
pub(super) async fn rejection(
    bank: web::Data<Bank>,
    body: web::Json<RejectionBody>,
) -> Result<HttpResponse, Problem> {
    let RejectionBody { account, reason, enabled } = body.into_inner();
    let state = with_bank(bank, move |bank| {
        bank.set_rejection(&account, choice(enabled, reason.as_deref())?)?;
        Ok(State::of(bank))
    })
    .await?;
    Ok(HttpResponse::Ok().json(state))
}

/// `GET /api/state`: balances, switches, and the newest deposits and files.
pub(super) async fn state(bank: web::Data<Bank>) -> Result<HttpResponse, Problem> {
    let state = with_bank(bank, |bank| Ok(State::of(bank))).await?;
    Ok(HttpResponse::Ok().json(state))
}

/// `GET /health`: 200 as long as the process answers.
pub(super) async fn health() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok" }))
}

/// What a switch is to be set to. A reason is checked also when the switch is turned off.
pub(super) fn choice(enabled: bool, reason: Option<&str>) -> Result<Option<Reason>, InputError> {
    let reason = reason
        .filter(|code| !code.is_empty())
        .map(|code| Reason::switch(code).ok_or(InputError::Reason))
        .transpose()?;
    match (enabled, reason) {
        (true, None) => Err(InputError::ReasonMissing),
        (true, reason) => Ok(reason),
        (false, _) => Ok(None),
    }
}
