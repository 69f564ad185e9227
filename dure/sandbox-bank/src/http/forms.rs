//! What the page's forms send. After a success the browser is sent back to the page, so that a reload does not book
//! twice; after a mistake the page comes back with the entries and the sentence that explains it.

use super::api::choice;
use super::language::Language;
use super::page::{Entries, Notice, Page, respond};
use super::problem::Problem;
use super::view::State;
use super::work::with_bank;
use crate::bank::Bank;
use crate::error::{BankError, InputError};
use crate::text::parse_won;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct DepositForm {
    lang: Language,
    payer: String,
    amount: String,
    reference: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct RejectionForm {
    lang: Language,
    account: String,
    reason: String,
    /// `on` or `off`.
    switch: String,
}

/// `POST /deposits`.
pub(super) async fn deposit(
    bank: web::Data<Bank>,
    form: web::Form<DepositForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let language = form.lang;
    let reply = with_bank(bank, move |bank| {
        // People group digits; a browser may leave spaces around them.
        let digits: String = form.amount.chars().filter(|letter| *letter != ',' && *letter != ' ').collect();
        let result = parse_won(&digits)
            .ok_or(BankError::Input(InputError::Amount))
            .and_then(|amount| bank.deposit(&form.payer, amount, &form.reference));
        let entries = Entries {
            payer: form.payer,
            amount: form.amount,
            reference: form.reference,
            account: String::new(),
        };
        answer(bank, language, result.map(|_| Notice::Deposited), entries)
    });
    Ok(reply.await?.send())
}

/// `POST /rejections`.
pub(super) async fn rejection(
    bank: web::Data<Bank>,
    form: web::Form<RejectionForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let language = form.lang;
    let reply = with_bank(bank, move |bank| {
        let result = choice(form.switch != "off", Some(&form.reason))
            .map_err(BankError::from)
            .and_then(|reason| bank.set_rejection(&form.account, reason).map(|()| reason));
        let notice = result.map(|reason| if reason.is_some() { Notice::Refusing } else { Notice::Accepting });
        answer(bank, language, notice, Entries { account: form.account, ..Entries::default() })
    });
    Ok(reply.await?.send())
}

/// Where the browser goes next.
enum Reply {
    /// Back to the page.
    Done(String),
    /// To the page with the mistake on it.
    Mistake(String),
}

impl Reply {
    fn send(self) -> HttpResponse {
        match self {
            Self::Done(place) => HttpResponse::SeeOther().insert_header((LOCATION, place)).finish(),
            Self::Mistake(html) => respond(StatusCode::UNPROCESSABLE_ENTITY, html),
        }
    }
}

fn answer(
    bank: &Bank,
    language: Language,
    result: Result<Notice, BankError>,
    entries: Entries,
) -> Result<Reply, BankError> {
    match result {
        Ok(notice) => Ok(Reply::Done(format!("/?lang={}&notice={}", language.code(), notice.code()))),
        Err(BankError::Input(error)) => {
            let page = Page::new(language, State::of(bank), None, Some(language.explain(error)), entries);
            page.html().map(Reply::Mistake)
        }
        Err(error) => Err(error),
    }
}
