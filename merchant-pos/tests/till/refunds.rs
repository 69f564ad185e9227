//! `/v1/preview`, `/v1/transactions…`: refunds signed by the till's key.

use dure_score::{Amount, Call, call::TokenTransfer};
use serde_json::{Value, json};

use crate::support::{Browser, Shop, World, run};

async fn sale(world: &World, amount: u64) -> (Shop, Browser, Value, String, crate::support::Citizen) {
    let (shop, till) = world.open_shop("cafe").await;
    let mina = world.ledger.citizen("mina", 10_000);
    let order = till.order(amount).await;
    let payment = world.ledger.pay(&mina, shop.bid, order["order_id"].as_str().unwrap(), amount).tx;
    world.follow().await;
    (shop, till, order, payment.to_string(), mina)
}

#[test]
fn a_part_and_then_the_rest_go_back() {
    run(|world| async move {
        let (_shop, till, order, payment, mina) = sale(&world, 4_000).await;
        for (amount, state, left) in [(1_500, "partly_refunded", "2500"), (2_500, "refunded", "0")] {
            let body = till.refund_body(&payment, amount).await;
            let preview = till.post("/v1/preview", json!({ "body": body["body"] })).await;
            assert_eq!(preview.json["outcome"]["outcome"], "applied", "{preview:?}");
            let answer = till.post("/v1/transactions", body).await;
            assert_eq!((answer.status, &answer.json["status"]), (200, &json!("final")), "{answer:?}");
            assert_eq!(answer.json["receipt"]["outcome"]["outcome"], "applied");
            let known = till.get(&format!("/v1/transactions/{}", answer.json["id"].as_str().unwrap())).await;
            assert_eq!(known.json, answer.json);
            world.follow().await;
            let now = till.show(&order).await;
            assert_eq!((&now["state"], &now["refundable"]), (&json!(state), &json!(left)));
        }
        assert_eq!(world.ledger.balance(mina.bid), 10_000);
        let today = till.get("/v1/sales/today").await.json;
        assert_eq!(
            (&today["total"], &today["refunded"], &today["net"]),
            (&json!("4000"), &json!("4000"), &json!("0"))
        );
    });
}

#[test]
fn the_same_bytes_again_refund_once() {
    run(|world| async move {
        let (_shop, till, _order, payment, mina) = sale(&world, 4_000).await;
        let body = till.refund_body(&payment, 1_000).await;
        let first = till.post("/v1/transactions", body.clone()).await;
        let second = till.post("/v1/transactions", body).await;
        assert_eq!(first.json, second.json);
        assert_eq!(world.ledger.balance(mina.bid), 7_000);
    });
}

#[test]
fn more_than_was_paid_is_refused_with_what_is_left() {
    run(|world| async move {
        let (_shop, till, order, payment, mina) = sale(&world, 4_000).await;
        let body = till.refund_body(&payment, 4_001).await;
        let answer = till.post("/v1/transactions", body).await;
        assert_eq!(answer.status, 200);
        let outcome = &answer.json["receipt"]["outcome"];
        assert_eq!(outcome["outcome"], "refused");
        assert_eq!(outcome["refusal"], json!({ "refusal": "refund_too_large", "refundable": "4000" }));
        world.follow().await;
        assert_eq!(till.show(&order).await["state"], "paid");
        assert_eq!(world.ledger.balance(mina.bid), 6_000);
    });
}

#[test]
fn a_till_signs_its_own_refunds_and_nothing_else() {
    run(|world| async move {
        let (shop, till, _order, payment, mina) = sale(&world, 4_000).await;
        let transfer = TokenTransfer { to: mina.bid, amount: Amount::new(1), memo: Default::default() };
        let other = till.post("/v1/transactions", till.signed(1, Call::TokenTransfer(transfer))).await;
        assert_eq!((other.status, other.code()), (403, "CALL_NOT_ALLOWED"));

        let second = world.enrol(&shop, "cafe till 2").await;
        let body = second.refund_body(&payment, 1).await;
        let borrowed = till.post("/v1/transactions", body).await;
        assert_eq!((borrowed.status, borrowed.code()), (403, "OTHER_DEVICE"));

        let mut forged = till.refund_body(&payment, 1).await;
        forged["signature"] = json!("0".repeat(128));
        let forged = till.post("/v1/transactions", forged).await;
        assert_eq!((forged.status, forged.code()), (422, "BAD_SIGNATURE"));

        let (_books, stranger) = world.open_shop("books").await;
        let body = stranger.refund_body(&payment, 1).await;
        let stranger = stranger.post("/v1/transactions", body).await;
        assert_eq!(stranger.json["receipt"]["outcome"]["refusal"]["refusal"], "not_allowed");

        world.ledger.set_down(true);
        let away = till.get("/v1/nonce").await;
        assert_eq!((away.status, away.code()), (503, "LEDGER_UNAVAILABLE"));
        assert_eq!(away.headers["retry-after"], "2");
    });
}
