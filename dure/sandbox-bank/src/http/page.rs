//! The page for people: one screen, plain forms, no script.

use super::language::{Language, Words};
use super::problem::Problem;
use super::view::State;
use super::work::with_bank;
use crate::bank::Bank;
use crate::book::Reason;
use crate::error::BankError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// The page's query.
#[derive(Debug, Deserialize)]
pub(super) struct PageQuery {
    #[serde(default)]
    lang: Language,
    #[serde(default)]
    notice: Option<Notice>,
}

/// What the page says after a form was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Notice {
    Deposited,
    Refusing,
    Accepting,
}

/// What stands in the forms' fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Entries {
    pub(super) payer: String,
    pub(super) amount: String,
    pub(super) reference: String,
    pub(super) account: String,
}

/// The page.
#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct Page {
    language: Language,
    words: &'static Words,
    state: State,
    notice: Option<&'static str>,
    mistake: Option<&'static str>,
    entries: Entries,
    reasons: [Reason; 4],
}

impl Notice {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Deposited => "deposited",
            Self::Refusing => "refusing",
            Self::Accepting => "accepting",
        }
    }
}

impl Page {
    pub(super) fn new(
        language: Language,
        state: State,
        notice: Option<Notice>,
        mistake: Option<&'static str>,
        entries: Entries,
    ) -> Self {
        let words = language.words();
        let notice = notice.map(|notice| match notice {
            Notice::Deposited => words.notice_deposited,
            Notice::Refusing => words.notice_refusing,
            Notice::Accepting => words.notice_accepting,
        });
        Self { language, words, state, notice, mistake, entries, reasons: Reason::SWITCHES }
    }

    pub(super) fn html(&self) -> Result<String, BankError> {
        Ok(self.render()?)
    }
}

/// Sends a page.
pub(super) fn respond(status: StatusCode, html: String) -> HttpResponse {
    HttpResponse::build(status).content_type(ContentType::html()).body(html)
}

/// `GET /`.
pub(super) async fn show(
    bank: web::Data<Bank>,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let PageQuery { lang, notice } = query.into_inner();
    let page = move |bank: &Bank| Page::new(lang, State::of(bank), notice, None, Entries::default()).html();
    Ok(respond(StatusCode::OK, with_bank(bank, page).await?))
}

/// `GET /style.css`.
pub(super) async fn style() -> HttpResponse {
    asset("text/css; charset=utf-8", include_str!("../../templates/style.css"))
}

/// `GET /favicon.svg`.
pub(super) async fn icon() -> HttpResponse {
    asset("image/svg+xml", include_str!("../../templates/icon.svg"))
}

fn asset(kind: &'static str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(kind).insert_header((CACHE_CONTROL, "max-age=300")).body(body)
}

/// Groups the digits of an amount: `1234567` becomes `1,234,567`.
fn grouped(amount: &str) -> String {
    let mut text = String::new();
    for (position, digit) in amount.chars().enumerate() {
        if position > 0 && amount.len().saturating_sub(position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The date and the minute of a moment, as people read them.
fn minute(iso: &str) -> String {
    iso.get(..16).unwrap_or(iso).replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        for (amount, text) in [("0", "0"), ("999", "999"), ("1000", "1,000"), ("1234567", "1,234,567")] {
            assert_eq!(grouped(amount), text);
        }
    }
}
