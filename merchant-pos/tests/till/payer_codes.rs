//! `/v1/payer-codes/take` and payments by a customer's code.

use dure_db::payer_codes;
use dure_score::{Amount, Call, ChainId, OrderId, call::TokenPayMandate, mandate::Mandate};
use merchant_pos::clock::now_ms;
use serde_json::json;

use crate::support::{World, run};

async fn offer(world: &World, code: &'static str) -> String {
    let now = now_ms();
    let offered = move |c: &mut _| payer_codes::offer(c, "mina", code, now, now + 60_000);
    world.till.db.run::<_, dure_db::DbError, _>(offered).await.unwrap().unwrap()
}

#[test]
fn a_number_is_exchanged_by_one_shop_and_guessing_is_slow() {
    run(|world| async move {
        let (_cafe, till) = world.open_shop("cafe").await;
        let (_books, other) = world.open_shop("books").await;
        let number = offer(&world, "hQVD").await;
        let take = |number: &str| json!({ "number": number });
        for _ in 0..2 {
            let answer = till.post("/v1/payer-codes/take", take(&number)).await;
            assert_eq!((answer.status, &answer.json["code"]), (200, &json!("hQVD")), "{answer:?}");
        }
        let late = other.post("/v1/payer-codes/take", take(&number)).await;
        assert_eq!((late.status, late.code()), (404, "UNKNOWN_PAYER_CODE"));
        for bad in ["", "1234567", "123456789", "1234567a", "１２３４５６７８"] {
            let answer = other.post("/v1/payer-codes/take", take(bad)).await;
            assert_eq!((answer.status, answer.code()), (400, "BAD_FIELD"), "{bad}");
        }
        let nobody = world.browser().post("/v1/payer-codes/take", take(&number)).await;
        assert_eq!((nobody.status, nobody.code()), (401, "NOT_SIGNED_IN"));
        let mut refused = 0;
        for guess in 0..30 {
            let answer = other.post("/v1/payer-codes/take", take(&format!("{guess:08}"))).await;
            refused += usize::from(answer.status == 429);
        }
        assert!(refused >= 10, "{refused} of thirty guesses had to wait");
    });
}

#[test]
fn a_customers_code_pays_the_order_once() {
    run(|world| async move {
        let (_shop, till) = world.open_shop("cafe").await;
        let mina = world.ledger.citizen("mina", 10_000);
        let order = till.order(4_000).await;
        let chain: ChainId = "test-1".parse().unwrap();
        let mandate = Mandate {
            certificate: mina.key.public_key().certificate_id(&chain),
            chain,
            number: 7,
            cap: Amount::new(5_000),
            expires_at: u64::try_from(now_ms()).unwrap() + 120_000,
            merchant: None,
            cashback: None,
        };
        let signature = mina.key.sign(&mandate.message());
        let number = OrderId::new(order["order_id"].as_str().unwrap()).unwrap();
        let present = |amount: u64, order: OrderId| {
            Call::TokenPayMandate(TokenPayMandate {
                mandate: mandate.clone(),
                signature,
                order,
                amount: Amount::new(amount),
            })
        };
        let paid = till.post("/v1/transactions", till.signed(1, present(4_000, number))).await;
        assert_eq!(paid.json["receipt"]["outcome"]["outcome"], "applied", "{paid:?}");
        world.follow().await;
        assert_eq!(till.show(&order).await["state"], "paid");
        assert_eq!(world.ledger.balance(mina.bid), 6_000);
        let more = present(1_000, OrderId::new("ANOTHER").unwrap());
        let again = till.post("/v1/transactions", till.signed(2, more)).await;
        assert_eq!(again.json["receipt"]["outcome"]["refusal"]["refusal"], "mandate_used", "{again:?}");
        assert_eq!(world.ledger.balance(mina.bid), 6_000);
    });
}
