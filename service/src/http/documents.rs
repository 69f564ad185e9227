//! Every problem document that all services share, to the letter: pages and other people's programs read them.

#![allow(clippy::unwrap_used, clippy::panic)]

use actix_web::body::MessageBody;
use dure_db::DbError;
use dure_ledger_client::ClientError;
use dure_score::{Refusal, TxId};

use super::problem::answer;
use crate::error::ServiceError;

/// One of each variant.
fn each() -> Vec<ServiceError> {
    vec![
        ServiceError::Malformed("The body is not JSON.".to_owned()),
        ServiceError::BadField { field: "amount", reason: "a whole number of won" },
        ServiceError::BadEmail,
        ServiceError::BadTransaction("it ends early".to_owned()),
        ServiceError::BodyTooLarge,
        ServiceError::MediaType,
        ServiceError::NotFound,
        ServiceError::MethodNotAllowed,
        ServiceError::CrossSite,
        ServiceError::NotSignedIn,
        ServiceError::NotYourDevice,
        ServiceError::CallNotAllowed,
        ServiceError::TooManyRequests { retry_after_s: 7 },
        ServiceError::TooManyStreams,
        ServiceError::TooManyCodes { retry_after_s: 60 },
        ServiceError::CodeWrong { tries_left: 3 },
        ServiceError::CodeExpired,
        ServiceError::TicketExpired,
        ServiceError::PinWrong { tries_left: 4 },
        ServiceError::PinLocked,
        ServiceError::UnknownDevice,
        ServiceError::Refused(Refusal::WeakKey),
        ServiceError::Ledger(ClientError::Unavailable),
        ServiceError::StillOpen(TxId::new([7; 32])),
        ServiceError::BrokenChain { height: 12 },
        ServiceError::Db(DbError::Interrupted),
        ServiceError::Internal("a promise that was broken"),
    ]
}

/// The place of a variant in [`each`]: one that is new does not compile until it has a document here.
const fn place(error: &ServiceError) -> usize {
    match error {
        ServiceError::Malformed(_) => 0,
        ServiceError::BadField { .. } => 1,
        ServiceError::BadEmail => 2,
        ServiceError::BadTransaction(_) => 3,
        ServiceError::BodyTooLarge => 4,
        ServiceError::MediaType => 5,
        ServiceError::NotFound => 6,
        ServiceError::MethodNotAllowed => 7,
        ServiceError::CrossSite => 8,
        ServiceError::NotSignedIn => 9,
        ServiceError::NotYourDevice => 10,
        ServiceError::CallNotAllowed => 11,
        ServiceError::TooManyRequests { .. } => 12,
        ServiceError::TooManyStreams => 13,
        ServiceError::TooManyCodes { .. } => 14,
        ServiceError::CodeWrong { .. } => 15,
        ServiceError::CodeExpired => 16,
        ServiceError::TicketExpired => 17,
        ServiceError::PinWrong { .. } => 18,
        ServiceError::PinLocked => 19,
        ServiceError::UnknownDevice => 20,
        ServiceError::Refused(_) => 21,
        ServiceError::Ledger(_) => 22,
        ServiceError::StillOpen(_) => 23,
        ServiceError::BrokenChain { .. } => 24,
        ServiceError::Db(_) => 25,
        ServiceError::Internal(_) => 26,
    }
}

#[test]
fn problem_documents_stay_as_they_are() {
    let each = each();
    assert!(each.iter().map(place).eq(0..each.len()), "one of each variant, in their order");
    let documents: Vec<String> = each
        .iter()
        .map(|error| {
            let response = answer(error);
            let body =
                response.into_body().try_into_bytes().unwrap_or_else(|_| panic!("a problem is one piece"));
            String::from_utf8(body.to_vec()).unwrap()
        })
        .collect();
    insta::assert_snapshot!(documents.join("\n"));
}
