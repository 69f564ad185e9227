//! `/v1/orders…`, `/v1/sales/today`, `/v1/static-qr`.

use dure_web::emvco;
use serde_json::json;

use crate::support::run;

#[test]
fn an_order_is_open_until_it_is_paid() {
    run(|world| async move {
        let (shop, till) = world.open_shop("cafe").await;
        let order = till.order(4_500).await;
        assert_eq!(order["state"], "open");
        assert_eq!(order["amount"], "4500");
        assert_eq!(order["expires_at"].as_i64().unwrap() - order["created_at"].as_i64().unwrap(), 600_000);
        let number = order["order_id"].as_str().unwrap();
        assert!((14..=16).contains(&number.len()), "{number}");

        let code = emvco::decode(order["qr_text"].as_str().unwrap()).unwrap();
        assert_eq!((code.order.as_deref(), code.amount), (Some(number), Some(4_500)));
        assert!(order["qr_svg"].as_str().unwrap().starts_with("<svg"));

        let mina = world.ledger.citizen("mina", 10_000);
        let receipt = world.ledger.pay(&mina, shop.bid, number, 4_500);
        world.follow().await;
        let paid = till.show(&order).await;
        assert_eq!(paid["state"], "paid");
        assert_eq!(paid["mismatch"], false);
        assert_eq!(paid["by_payer"], false);
        assert_eq!(paid["tx"], receipt.tx.to_string());
        assert_eq!(paid["paid_amount"], "4500");
        assert_eq!(paid["refundable"], "4500");
        assert_eq!(paid["qr_text"], json!(null));

        let refused = till.post(&format!("/v1/orders/{number}/cancel"), json!({})).await;
        assert_eq!((refused.status, refused.code()), (409, "ORDER_NOT_OPEN"));
        assert_eq!(refused.json["state"], "paid");
    });
}

#[test]
fn a_wrong_amount_is_paid_and_flagged() {
    run(|world| async move {
        let (shop, till) = world.open_shop("cafe").await;
        let order = till.order(4_500).await;
        let mina = world.ledger.citizen("mina", 10_000);
        world.ledger.pay(&mina, shop.bid, order["order_id"].as_str().unwrap(), 450);
        world.follow().await;
        let paid = till.show(&order).await;
        assert_eq!(paid["state"], "paid");
        assert_eq!(paid["mismatch"], true);
        assert_eq!(
            (&paid["amount"], &paid["paid_amount"], &paid["refundable"]),
            (&json!("4500"), &json!("450"), &json!("450"))
        );
    });
}

#[test]
fn a_cancelled_or_late_order_that_is_paid_all_the_same_is_paid() {
    run(|world| async move {
        let (shop, till) = world.open_shop("cafe").await;
        let order = till.order(1_000).await;
        let number = order["order_id"].as_str().unwrap();
        let path = format!("/v1/orders/{number}/cancel");
        for _ in 0..2 {
            let answer = till.post(&path, json!({})).await;
            assert_eq!((answer.status, &answer.json["state"]), (200, &json!("cancelled")));
        }
        let mina = world.ledger.citizen("mina", 10_000);
        world.ledger.pay(&mina, shop.bid, number, 1_000);

        let late = till.order(2_000).await;
        world
            .till
            .db
            .run(|connection| merchant_pos::repo::orders::expire(connection, i64::MAX))
            .await
            .unwrap();
        assert_eq!(till.show(&late).await["state"], "expired");
        world.ledger.pay(&mina, shop.bid, late["order_id"].as_str().unwrap(), 2_000);

        world.follow().await;
        assert_eq!(till.show(&order).await["state"], "paid");
        assert_eq!(till.show(&late).await["state"], "paid");
    });
}

#[test]
fn the_sticker_is_paid_without_an_order_of_the_till() {
    run(|world| async move {
        let (shop, till) = world.open_shop("cafe").await;
        let sticker = till.get("/v1/static-qr").await.json;
        let code = emvco::decode(sticker["qr_text"].as_str().unwrap()).unwrap();
        assert_eq!((code.order, code.amount), (None, None));
        assert_eq!(code.merchant, sticker["code"].as_str().unwrap());

        let mina = world.ledger.citizen("mina", 10_000);
        world.ledger.pay(&mina, shop.bid, "S-8QK2M4", 3_000);
        world.follow().await;
        let today = till.get("/v1/sales/today").await.json;
        assert_eq!(today["orders"][0]["order_id"], "S-8QK2M4");
        assert_eq!(today["orders"][0]["by_payer"], true);
        assert_eq!(today["orders"][0]["mismatch"], false);
    });
}

#[test]
fn today_adds_up_and_shows_this_shop_only() {
    run(|world| async move {
        let (cafe, till) = world.open_shop("cafe").await;
        let (books, other) = world.open_shop("books").await;
        let mina = world.ledger.citizen("mina", 100_000);
        for amount in [1_000, 2_000, 3_000] {
            let order = till.order(amount).await;
            world.ledger.pay(&mina, cafe.bid, order["order_id"].as_str().unwrap(), amount);
        }
        let unpaid = till.order(9_000).await;
        let order = other.order(50_000).await;
        world.ledger.pay(&mina, books.bid, order["order_id"].as_str().unwrap(), 50_000);
        world.follow().await;

        let today = till.get("/v1/sales/today").await.json;
        assert_eq!(
            (&today["total"], &today["refunded"], &today["net"]),
            (&json!("6000"), &json!("0"), &json!("6000"))
        );
        assert_eq!(today["count"], 3);
        let amounts: Vec<_> =
            today["orders"].as_array().unwrap().iter().map(|o| o["amount"].clone()).collect();
        assert_eq!(amounts, ["3000", "2000", "1000"]);
        let foreign = other.get(&format!("/v1/orders/{}", unpaid["order_id"].as_str().unwrap())).await;
        assert_eq!((foreign.status, foreign.code()), (404, "UNKNOWN_ORDER"));
    });
}
