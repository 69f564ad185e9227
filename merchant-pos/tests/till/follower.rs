//! Blocks become orders once, in order, or not at all.

use dure_db::checkpoints;
use dure_service::follower;
use merchant_pos::repo::ledger::FOLLOWER;
use serde_json::json;

use crate::support::run;

#[test]
fn the_same_blocks_twice_change_nothing_the_second_time() {
    run(|world| async move {
        let (shop, till) = world.open_shop("cafe").await;
        let mina = world.ledger.citizen("mina", 10_000);
        let order = till.order(4_000).await;
        let number = order["order_id"].as_str().unwrap();
        let payment = world.ledger.pay(&mina, shop.bid, number, 4_000).tx.to_string();
        let refund = till.post("/v1/transactions", till.refund_body(&payment, 1_000).await).await;
        assert_eq!(refund.status, 200, "{refund:?}");
        world.follow().await;
        let once = till.get("/v1/sales/today").await.json;
        for block in world.ledger.blocks() {
            follower::take(&*world.till, vec![block]).await.unwrap();
        }
        let twice = till.get("/v1/sales/today").await.json;
        assert_eq!(once, twice);
        assert_eq!(till.show(&order).await["state"], "partly_refunded");
    });
}

#[test]
fn a_gap_or_another_chain_is_refused_and_leaves_no_trace() {
    run(|world| async move {
        let (shop, till) = world.open_shop("cafe").await;
        world.follow().await;
        let mina = world.ledger.citizen("mina", 10_000);
        let order = till.order(4_000).await;
        world.ledger.pay(&mina, shop.bid, order["order_id"].as_str().unwrap(), 4_000);
        let blocks = world.ledger.blocks();
        let paying = blocks.last().unwrap().clone();

        let gap = follower::take(&*world.till, vec![paying.clone()]).await.unwrap_err();
        assert_eq!(gap.code(), "BROKEN_CHAIN");
        let mut foreign = blocks[blocks.len() - 4].clone();
        foreign.parent = paying.digest;
        let fork = follower::take(&*world.till, vec![foreign]).await.unwrap_err();
        assert_eq!(fork.code(), "BROKEN_CHAIN");
        assert_eq!(till.show(&order).await["state"], "open");

        world.follow().await;
        assert_eq!(till.show(&order).await["state"], "paid");
    });
}

#[test]
fn a_block_that_fails_half_way_is_rolled_back_with_its_checkpoint() {
    run(|world| async move {
        let (shop, till) = world.open_shop("cafe").await;
        let mina = world.ledger.citizen("mina", 10_000);
        let order = till.order(4_000).await;
        world.follow().await;
        let before = world.till.db.run(|c| checkpoints::get(c, FOLLOWER)).await.unwrap();

        world.ledger.pay(&mina, shop.bid, order["order_id"].as_str().unwrap(), 4_000);
        let mut torn = world.ledger.blocks().last().unwrap().clone();
        // The payment applies; the refund after it names an order that was never paid.
        let impossible = dure_score::Effect::Refunded {
            payment: torn.receipts[0].tx,
            payer: mina.bid,
            merchant: shop.bid,
            order: dure_score::OrderId::new("never").unwrap(),
            amount: dure_score::Amount::new(1),
            total: dure_score::Amount::new(1),
        };
        torn.receipts[0].effects.push(impossible);
        assert_eq!(follower::take(&*world.till, vec![torn]).await.unwrap_err().code(), "INTERNAL");
        assert_eq!(till.show(&order).await["state"], "open");
        assert_eq!(world.till.db.run(|c| checkpoints::get(c, FOLLOWER)).await.unwrap(), before);

        world.follow().await;
        assert_eq!(till.show(&order).await["state"], "paid");
        assert_eq!(till.get("/v1/sales/today").await.json["total"], json!("4000"));
    });
}
