//! Previews, payments and what people see of them, over HTTP.

use actix_web::test::TestRequest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dure_db::{merchants, testing::both};
use dure_score::{
    Amount, CampaignId, Hash32, OrderId, SignedTx,
    call::{Call, TokenCharge, TokenPay, TokenTransfer},
    codec,
    ids::DepositRef,
    record::MemberClass,
};
use serde_json::{Value, json};

use super::{
    enrolment::{certify, ticket},
    http::{get_as, post_as, send},
    ledger::{BANK, bid, key},
    node::Node,
};
use crate::{app::App, follower::write_with_terms as write, live::Event};

/// What a browser sends of a signed transaction.
pub fn submission(tx: &SignedTx) -> Value {
    json!({ "body": STANDARD.encode(codec::encode(tx.transaction())), "key": tx.key(), "signature": tx.signature() })
}

/// What the follower does with all blocks so far.
async fn follow(app: &App, node: &Node) {
    let blocks = node.ledger.lock().blocks.clone();
    let height = blocks.len() as u64;
    app.db.transaction(move |c| write(c, &blocks, &Default::default())).await.unwrap();
    app.progress.reached(height);
}

/// A shop as the city tells of it.
fn bakery() -> merchants::Merchant {
    merchants::Merchant {
        bid: bid(30).to_string(),
        code: "M000101".into(),
        name_ko: "두레빵집".into(),
        name_en: "Dure Bakery".into(),
        city_en: "Sebyeol".into(),
        category: "5812".into(),
        region: "SB01".into(),
        email: "b@x.kr".into(),
        lang: "ko".into(),
        bank_code: "088".into(),
        bank_account: "1".into(),
        account_holder: "두레빵집".into(),
        held: 0,
        created_at: 0,
    }
}

/// What is looked for in a history of two entries, and how many entries have it.
const SEARCHES: [(&str, usize); 15] = [
    ("%EB%B9%B5%EC%A7%91", 1),
    ("dure%20BAK", 1),
    ("260101-7f", 1),
    ("260101", 1),
    ("0101", 0),
    ("4,500", 1),
    ("%E2%82%A94500", 1),
    ("4500%EC%9B%90", 1),
    ("%20", 2),
    ("%25", 0),
    ("_ure", 0),
    ("%5C", 0),
    ("%00", 0),
    ("450", 0),
    ("99999999999999999999", 0),
];

#[test]
fn a_payment_is_previewed_made_once_and_seen() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let shop = bakery();
        app.db.run::<_, dure_db::DbError, _>(move |c| merchants::put(c, &shop)).await.unwrap();
        node.ledger.lock().shop(30);
        let ticket = ticket(&app).await;
        let cookie = certify(&app, &ticket, 50).await.cookie();
        let to = ticket["bid"].as_str().unwrap().parse().unwrap();
        let deposit = DepositRef::new("D1").unwrap();
        let charge = TokenCharge { to, amount: Amount::new(10_000), deposit, campaign: CampaignId::COIN };
        node.ledger.lock().apply(BANK, Call::TokenCharge(charge));
        let order = OrderId::new("260101-7F3K9Q2M").unwrap();
        let pay = |amount: u64| TokenPay {
            merchant: bid(30),
            order: order.clone(),
            amount: Amount::new(amount),
            cashback: None,
        };

        let rich = node.ledger.lock().sign(50, Call::TokenPay(pay(90_000)));
        let preview =
            post_as(&app, &cookie, "/v1/preview", json!({ "body": submission(&rich)["body"] })).await;
        assert_eq!(preview.json["outcome"]["refusal"]["refusal"], "insufficient_funds", "{}", preview.text);
        let tx = node.ledger.lock().sign(50, Call::TokenPay(pay(4_500)));
        let preview = post_as(&app, &cookie, "/v1/preview", json!({ "body": submission(&tx)["body"] })).await;
        assert_eq!(preview.json["outcome"]["outcome"], "applied");

        let paid = post_as(&app, &cookie, "/v1/transactions", submission(&tx)).await;
        assert_eq!((paid.status, paid.json["status"].as_str()), (200, Some("final")), "{}", paid.text);
        let again = post_as(&app, &cookie, "/v1/transactions", submission(&tx)).await;
        assert_eq!(again.json, paid.json, "the same bytes again are the same answer");
        for answer in [&preview.json["effects"], &paid.json["receipt"]["effects"]] {
            let text = answer.to_string();
            assert!(
                text.contains(r#""paid""#) && !text.contains(&format!(r#""owner":"{}""#, bid(30))),
                "{text}"
            );
        }
        follow(&app, &node).await;
        let account = get_as(&app, &cookie, "/v1/account").await;
        assert_eq!(
            (account.json["balance"].as_str(), account.json["lots"][0]["amount"].as_str()),
            (Some("5500"), Some("5500"))
        );
        let history = get_as(&app, &cookie, "/v1/history?limit=1").await;
        let entry = &history.json["entries"][0];
        assert_eq!((entry["kind"].as_str(), entry["amount"].as_str()), (Some("pay"), Some("-4500")));
        assert_eq!(
            (entry["balance_after"].as_str(), entry["counterparty_name"].as_str()),
            (Some("5500"), Some("두레빵집"))
        );
        let next = history.json["next"].as_str().unwrap();
        let older = get_as(&app, &cookie, &format!("/v1/history?limit=1&lang=en&before={next}")).await;
        assert_eq!(
            (older.json["entries"][0]["kind"].as_str(), older.json["next"].is_null()),
            (Some("charge"), true)
        );
        // By the shop's name in either language, by the order's number, by the amount; nothing stands for anything else.
        for (search, found) in SEARCHES {
            let part = get_as(&app, &cookie, &format!("/v1/history?q={search}")).await;
            assert_eq!(part.json["entries"].as_array().map(Vec::len), Some(found), "{search}: {}", part.json);
        }
        let standing = get_as(&app, &cookie, &format!("/v1/transactions/{}", tx.id())).await;
        assert_eq!(standing.json["status"], "final");
        let shop = get_as(&app, "", "/v1/merchants/by-code/M000101").await;
        assert_eq!(shop.json["name_en"], "Dure Bakery");
        node.stop().await;
    });
}

#[test]
fn a_session_sends_only_its_own_devices_transactions() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let cookie = certify(&app, &ticket(&app).await, 50).await.cookie();
        let order = OrderId::new("1").unwrap();
        let pay =
            Call::TokenPay(TokenPay { merchant: bid(30), order, amount: Amount::new(1), cashback: None });
        let foreign = node.ledger.lock().sign(51, pay.clone());
        post_as(&app, &cookie, "/v1/transactions", submission(&foreign))
            .await
            .assert_problem(403, "NOT_YOUR_DEVICE");
        post_as(&app, &cookie, "/v1/preview", json!({ "body": submission(&foreign)["body"] }))
            .await
            .assert_problem(403, "NOT_YOUR_DEVICE");
        let mine = node.ledger.lock().sign(50, pay);
        let mut forged = submission(&mine);
        forged["signature"] = json!(key(50).sign(b"another message"));
        post_as(&app, &cookie, "/v1/transactions", forged).await.assert_problem(422, "BAD_SIGNATURE");
        let refused = post_as(&app, &cookie, "/v1/transactions", submission(&mine)).await;
        assert_eq!(refused.json["receipt"]["outcome"]["outcome"], "refused");
        // Somebody else's transaction does not exist for us.
        let other = node.ledger.lock().blocks[0].receipts[0].tx;
        for path in [format!("/v1/transactions/{other}"), format!("/v1/transactions/{other}/proof")] {
            get_as(&app, &cookie, &path).await.assert_problem(404, "NOT_FOUND");
        }
        node.stop().await;
    });
}

#[test]
fn a_receiver_sees_their_own_part_and_not_the_sender() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        // First: the registrar's service finds out which nonces are used.
        node.ledger.lock().member(40, MemberClass::Citizen);
        let ticket = ticket(&app).await;
        let cookie = certify(&app, &ticket, 50).await.cookie();
        let (me, sender) = (ticket["bid"].as_str().unwrap(), bid(40));
        let received = {
            let mut ledger = node.ledger.lock();
            let deposit = DepositRef::new("D9").unwrap();
            let amount = Amount::new(9_000);
            let charge = TokenCharge { to: sender, amount, deposit, campaign: CampaignId::COIN };
            ledger.apply(BANK, Call::TokenCharge(charge));
            let to = me.parse().unwrap();
            let transfer = TokenTransfer { to, amount: Amount::new(700), memo: Hash32::default() };
            ledger.apply(40, Call::TokenTransfer(transfer))
        };
        follow(&app, &node).await;
        let seen = get_as(&app, &cookie, &format!("/v1/transactions/{}", received.tx)).await;
        assert_eq!(seen.json["receipt"]["signer"], "00".repeat(16), "{}", seen.text);
        let effects = seen.json["receipt"]["effects"].to_string();
        assert!(effects.contains(r#""transferred""#) && effects.contains(&format!(r#""owner":"{me}""#)));
        assert!(!effects.contains(&format!(r#""owner":"{sender}""#)), "{effects}");
        node.stop().await;
    });
}

#[test]
fn a_persons_other_device_may_ask_and_what_is_unknown_has_a_time() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let first = certify(&app, &ticket(&app).await, 50).await.cookie();
        let second = certify(&app, &ticket(&app).await, 51).await.cookie();
        let order = OrderId::new("1").unwrap();
        let pay =
            Call::TokenPay(TokenPay { merchant: bid(30), order, amount: Amount::new(1), cashback: None });
        let tx = node.ledger.lock().sign(50, pay);
        let path = format!("/v1/transactions/{}", tx.id());
        let unknown = get_as(&app, &second, &path).await;
        let now = node.ledger.lock().now;
        assert_eq!(
            (unknown.json["status"].as_str(), unknown.json["head_time_ms"].as_u64()),
            (Some("unknown"), Some(now))
        );
        // A refused one leaves no entry.
        post_as(&app, &first, "/v1/transactions", submission(&tx)).await;
        let seen = get_as(&app, &second, &path).await;
        assert_eq!((seen.status, seen.json["status"].as_str()), (200, Some("final")), "{}", seen.text);
        assert!(seen.json["head_time_ms"].is_null());
        node.stop().await;
    });
}

#[test]
fn the_ledger_may_be_away() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let cookie = certify(&app, &ticket(&app).await, 50).await.cookie();
        node.stop().await;
        get_as(&app, &cookie, "/v1/nonce").await.assert_problem(503, "LEDGER_UNAVAILABLE");
        assert_eq!(get_as(&app, &cookie, "/v1/account").await.status, 200, "what SQL knows is still shown");
    });
}

#[test]
fn news_arrive_as_events() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let cookie = certify(&app, &ticket(&app).await, 50).await.cookie();
        let me = get_as(&app, &cookie, "/v1/me").await.json["bid"].as_str().unwrap().to_owned();
        let publisher = app.clone();
        tokio::spawn(async move {
            while publisher.hub.kinds(&me).is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            let account = crate::repo::accounts::Account { bid: me.clone(), balance: 77, height: 5 };
            publisher.hub.publish(&me, dure_web::Lang::Ko, &Event::Account(account));
            publisher.hub.close();
        });
        let request = TestRequest::get().uri("/v1/events").insert_header(("cookie", cookie));
        let answer = send(&app, request).await;
        assert!(
            answer.text.contains("event: account") && answer.text.contains(r#""balance":"0""#),
            "{}",
            answer.text
        );
        assert!(answer.text.contains(r#""balance":"77""#), "{}", answer.text);
        assert_eq!(answer.headers.get("content-type").unwrap(), "text/event-stream");
        node.stop().await;
    });
}
