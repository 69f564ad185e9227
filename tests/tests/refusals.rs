//! The pages may not import the contract, so their sentences for refusals are written a second time: this test keeps
//! the two equal, in both languages, for every code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions)]

use dure_score::{Lang, Refusal};

#[test]
fn pages_and_contract_say_the_same_of_every_refusal() {
    for refusal in Refusal::all() {
        let key = format!("refusal-{}", refusal.code().to_lowercase());
        for (score, web) in [(Lang::Ko, dure_web::Lang::Ko), (Lang::En, dure_web::Lang::En)] {
            assert_eq!(dure_web::message(web, &key), refusal.sentence(score), "{key}");
        }
    }
}
