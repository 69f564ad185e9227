//! The pages may not import the contract, so their sentences for refusals are written a second time: this test keeps
//! the two together, in both languages, for every code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use dure_score::{Lang, Refusal};

/// Refusals whose page sentence names the amount that the contract's refusal carries beside its sentence.
const WITH_AMOUNT: [&str; 10] = [
    "INSUFFICIENT_FUNDS",
    "NOT_ELIGIBLE_HERE",
    "NOT_TRANSFERABLE",
    "REFUND_TOO_LARGE",
    "TAKINGS_TOO_LOW",
    "HOLDING_CAP",
    "PERSON_CAP",
    "MANDATE_CAP",
    "NOT_REUSABLE",
    "CASH_OUT_TOO_EARLY",
];

#[test]
fn pages_and_contract_say_the_same_of_every_refusal() {
    for refusal in Refusal::all() {
        let key = format!("refusal-{}", refusal.code().to_lowercase());
        for (score, web) in [(Lang::Ko, dure_web::Lang::Ko), (Lang::En, dure_web::Lang::En)] {
            if WITH_AMOUNT.contains(&refusal.code()) {
                let said = dure_web::message_with(web, &key, &[("amount", "₩12,345")]);
                assert!(said.contains("₩12,345"), "{key}: {said}");
            } else {
                assert_eq!(dure_web::message(web, &key), refusal.sentence(score), "{key}");
            }
        }
    }
}
