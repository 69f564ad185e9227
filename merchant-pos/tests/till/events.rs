//! `/v1/events`: *paid* and *refunded* as they happen.

use std::time::Duration;

use futures::StreamExt;
use serde_json::Value;
use tokio::time::timeout;

use crate::support::run;

/// Generous: the event is there within milliseconds, the machine may be busy.
const SOON: Duration = Duration::from_secs(5);

fn data(event: &str) -> Value {
    let line = event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    serde_json::from_str(line).unwrap()
}

#[test]
fn paid_and_refunded_reach_every_screen_of_the_shop_and_no_other() {
    run(|world| async move {
        let (shop, till) = world.open_shop("cafe").await;
        let counter = world.enrol(&shop, "cafe till 2").await;
        let (_books, stranger) = world.open_shop("books").await;
        let mut screens = [till.events(None).await, counter.events(None).await];
        let mut elsewhere = stranger.events(None).await;

        let order = till.order(4_000).await;
        let mina = world.ledger.citizen("mina", 10_000);
        let number = order["order_id"].as_str().unwrap();
        let payment = world.ledger.pay(&mina, shop.bid, number, 3_000).tx.to_string();
        world.follow().await;
        for screen in &mut screens {
            let event = timeout(SOON, screen.next()).await.unwrap().unwrap();
            assert!(event.contains("event: paid"), "{event}");
            let paid = data(&event);
            assert_eq!((&paid["order_id"], &paid["tx"]), (&order["order_id"], &Value::from(payment.clone())));
            assert_eq!((&paid["amount"], &paid["expected"]), (&Value::from("3000"), &Value::from("4000")));
            assert_eq!(paid["mismatch"], true);
        }
        till.post("/v1/transactions", till.refund_body(&payment, 1_000).await).await;
        world.follow().await;
        let event = timeout(SOON, screens[0].next()).await.unwrap().unwrap();
        assert!(event.contains("event: refunded"), "{event}");
        assert_eq!(
            (&data(&event)["refunded"], &data(&event)["refundable"]),
            (&Value::from("1000"), &Value::from("2000"))
        );
        assert!(timeout(Duration::from_millis(50), elsewhere.next()).await.is_err());
    });
}

#[test]
fn a_browser_that_was_away_hears_what_it_missed() {
    run(|world| async move {
        let (shop, till) = world.open_shop("cafe").await;
        let mina = world.ledger.citizen("mina", 10_000);
        let mut times = Vec::new();
        for (number, amount) in [("S-1", 1_000), ("S-2", 2_000)] {
            times.push(i64::try_from(world.ledger.pay(&mina, shop.bid, number, amount).time_ms).unwrap());
        }
        world.follow().await;
        let mut stream = till.events(Some(times[0] + 1)).await;
        let event = timeout(SOON, stream.next()).await.unwrap().unwrap();
        assert!(event.contains(&format!("id: {}", times[1])), "{event}");
        assert_eq!(data(&event)["order_id"], "S-2");
        assert_eq!(data(&event)["by_payer"], true);
    });
}
