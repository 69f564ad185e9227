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
        assert_eq!((borrowed.status, borrowed.code()), (403, "NOT_YOUR_DEVICE"));

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

#[test]
fn a_shop_sees_its_own_coin_and_nobody_elses() {
    run(|world| async move {
        let (shop, till, _order, payment, mina) = sale(&world, 4_000).await;
        let body = till.refund_body(&payment, 1_500).await;
        let preview = till.post("/v1/preview", json!({ "body": body["body"] })).await;
        let done = till.post("/v1/transactions", body).await;
        let of = |receipt: &Value, effect: &str| -> Vec<Value> {
            let effects = receipt["effects"].as_array().unwrap();
            effects.iter().filter(|one| one["effect"] == effect).cloned().collect()
        };
        for receipt in [&preview.json, &done.json["receipt"]] {
            let balances = of(receipt, "balance");
            assert!(!balances.is_empty() && balances.iter().all(|one| one["owner"] == json!(shop.bid)));
            let back: Vec<Value> = of(receipt, "lot_changed")
                .into_iter()
                .filter(|one| one["owner"] == json!(mina.bid))
                .collect();
            assert_eq!(
                (back.len(), &back[0]["amount"], &back[0]["added"]),
                (1, &json!("1500"), &json!(true))
            );
            let lot = &back[0]["lot"];
            assert_eq!(
                (&lot["amount"], &lot["face"], &lot["price_paid"]),
                (&json!("0"), &json!("0"), &json!("0"))
            );
            assert_eq!(
                (&lot["id"], &lot["acquired_at"], &lot["expires_at"]),
                (&json!(0), &json!(0), &json!(0))
            );
            assert_eq!(receipt["signer"], json!(till.certificate));
        }
        // The payment itself: who paid what, and nothing of the payer's purse or device.
        let paid = till.get(&format!("/v1/transactions/{payment}")).await.json["receipt"].clone();
        assert_eq!(of(&paid, "paid")[0]["payer"], json!(mina.bid));
        assert_eq!(paid["signer"], json!("0".repeat(32)));
        for effect in ["balance", "lot_changed"] {
            assert!(of(&paid, effect).iter().all(|one| one["owner"] == json!(shop.bid)), "{paid}");
        }
        // Others' transactions are no business of this shop, and this one's are no business of others.
        let transfer = TokenTransfer { to: shop.bid, amount: Amount::new(1), memo: Default::default() };
        let foreign = world.ledger.call(&mina.key, Call::TokenTransfer(transfer)).tx;
        let id = done.json["id"].as_str().unwrap();
        let second = world.enrol(&shop, "cafe till 2").await;
        assert_eq!(second.get(&format!("/v1/transactions/{id}")).await.status, 200);
        let (_books, stranger) = world.open_shop("books").await;
        for (browser, id) in [(&till, foreign.to_string()), (&stranger, id.to_owned()), (&stranger, payment)]
        {
            let answer = browser.get(&format!("/v1/transactions/{id}")).await;
            assert_eq!((answer.status, answer.code()), (404, "NOT_FOUND"));
        }
    });
}

#[test]
fn what_a_node_does_not_know_comes_with_how_far_it_has_looked() {
    run(|world| async move {
        let (_shop, till, ..) = sale(&world, 4_000).await;
        let head = world.ledger.blocks().last().unwrap().time_ms;
        let answer = till.get(&format!("/v1/transactions/{}", "7".repeat(64))).await.json;
        assert_eq!((&answer["status"], &answer["head_time_ms"]), (&json!("unknown"), &json!(head)));
        assert!(answer.get("receipt").is_none());
    });
}
