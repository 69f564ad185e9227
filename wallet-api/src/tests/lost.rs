//! A lost phone, and one device too many.

use dure_db::{DbError, codes, devices, now_ms, outbox, sessions, testing::both};
use dure_score::{
    Amount, CampaignId, Hash32,
    call::{Call, TokenCharge, TokenTransfer},
    ids::DepositRef,
    record::MemberClass,
};
use serde_json::{Value, json};

use super::{
    enrolment::{certify, mailed_code, request, ticket},
    http::{get_as, post},
    ledger::{BANK, bid},
    node::Node,
};

fn mina() -> Value {
    json!({ "email": " MINA@x.kr ", "birth": "1994-03-12", "lang": "en" })
}

#[test]
fn a_mailed_code_freezes_the_account_and_its_money_stays() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        node.ledger.lock().member(40, MemberClass::Citizen);
        let ticket = ticket(&app).await;
        let cookie = certify(&app, &ticket, 50).await.cookie();
        let me = ticket["bid"].as_str().unwrap().parse().unwrap();
        let charge = TokenCharge {
            to: me,
            amount: Amount::new(9_000),
            deposit: DepositRef::new("D1").unwrap(),
            campaign: CampaignId::COIN,
        };
        node.ledger.lock().apply(BANK, Call::TokenCharge(charge));
        assert_eq!(get_as(&app, &cookie, "/v1/me").await.json["status"], "active");

        let started = post(&app, "/v1/lost/start", mina()).await;
        assert_eq!(started.status, 202, "{}", started.text);
        let id = started.json["lost"].as_str().unwrap().to_owned();
        let code = mailed_code(&app).await.unwrap();
        let mails = app.db.run::<_, DbError, _>(|c| outbox::due(c, now_ms(), 10)).await.unwrap();
        let link = format!("https://wallet.test/lost#{id}.{code}");
        assert!(
            mails.last().unwrap().body.lines().any(|line| line == link),
            "{}",
            mails.last().unwrap().body
        );
        let freeze = |code: &str| {
            let body = json!({ "lost": id, "code": code });
            let app = app.clone();
            async move { post(&app, "/v1/lost/freeze", body).await }
        };
        let wrong = if code == "111111" { "222222" } else { "111111" };
        freeze(wrong).await.assert_problem(401, "CODE_WRONG");
        assert_eq!(get_as(&app, &cookie, "/v1/me").await.json["status"], "active");
        assert_eq!(freeze(&code).await.status, 204);
        assert_eq!(get_as(&app, &cookie, "/v1/me").await.json["status"], "frozen");
        freeze(&code).await.assert_problem(401, "CODE_EXPIRED");
        let transfer = TokenTransfer { to: bid(40), amount: Amount::new(1), memo: Hash32::default() };
        let refused = {
            let mut ledger = node.ledger.lock();
            let tx = ledger.sign(50, Call::TokenTransfer(transfer));
            ledger.block(vec![tx]).remove(0)
        };
        assert_eq!(refused.refusal().unwrap().code(), "MEMBER_NOT_ACTIVE");

        // Who finds it frozen already is told the same.
        let again = post(&app, "/v1/lost/start", mina()).await.json["lost"].clone();
        let code = mailed_code(&app).await.unwrap();
        assert_eq!(post(&app, "/v1/lost/freeze", json!({ "lost": again, "code": code })).await.status, 204);
        node.stop().await;
    });
}

#[test]
fn nobody_learns_who_has_a_wallet_nor_uses_up_their_codes() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        // Known to the registrar, but without a wallet; a stranger; the right address with another birthday.
        let cases = [("mina@x.kr", "1994-03-12"), ("nobody@x.kr", "1994-03-12"), ("mina@x.kr", "1990-01-01")];
        for (email, birth) in cases {
            let answer = post(&app, "/v1/lost/start", json!({ "email": email, "birth": birth })).await;
            assert_eq!(answer.status, 202, "{}", answer.text);
            assert_eq!(mailed_code(&app).await, None);
            let guess = json!({ "lost": answer.json["lost"], "code": "123456" });
            post(&app, "/v1/lost/freeze", guess).await.assert_problem(401, "CODE_WRONG");
        }
        for _ in 1..codes::RATE {
            post(&app, "/v1/lost/start", json!({ "email": "mina@x.kr", "birth": "1990-01-01" })).await;
        }
        assert_eq!(post(&app, "/v1/lost/start", mina()).await.status, 202);
        for (body, code) in [
            (json!({ "email": "x", "birth": "1994-03-12" }), "BAD_EMAIL"),
            (json!({ "email": "a@x.kr", "birth": "yesterday" }), "BAD_FIELD"),
            (json!({}), "MALFORMED"),
        ] {
            post(&app, "/v1/lost/start", body).await.assert_problem(400, code);
        }
        node.stop().await;
    });
}

#[test]
fn a_sixth_device_asks_which_makes_way() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let first = ticket(&app).await;
        let cookie = certify(&app, &first, 50).await.cookie();
        let owner = first["bid"].as_str().unwrap().to_owned();
        let another = || {
            let (owner, app) = (owner.clone(), app.clone());
            let open = move |c: &mut _| sessions::create(c, "wallet.ticket", &owner, "", now_ms(), 600_000);
            let bid = first["bid"].clone();
            async move {
                let ticket = app.db.run::<_, DbError, _>(open).await.unwrap();
                json!({ "ticket": ticket, "bid": bid })
            }
        };
        for seed in 51..55 {
            assert_eq!(certify(&app, &another().await, seed).await.status, 200);
        }
        let sixth = another().await;
        certify(&app, &sixth, 55).await.assert_problem(422, "TOO_MANY_DEVICES");
        let known = post(&app, "/v1/enrolment/devices", json!({ "ticket": sixth["ticket"] })).await;
        assert_eq!(known.json.as_array().map(Vec::len), Some(5), "{}", known.text);
        post(&app, "/v1/enrolment/devices", json!({ "ticket": "0".repeat(64) }))
            .await
            .assert_problem(401, "TICKET_EXPIRED");

        let mut body = request(&app, &sixth, 55);
        body["drop"] = json!("00".repeat(16));
        post(&app, "/v1/enrolment/certify", body.clone()).await.assert_problem(400, "BAD_FIELD");
        body["drop"] = known.json[1]["certificate"].clone();
        let done = post(&app, "/v1/enrolment/certify", body).await;
        assert_eq!(done.status, 200, "{}", done.text);
        let blocks = node.ledger.lock().blocks.clone();
        app.db
            .transaction(move |c| crate::follower::write_with_terms(c, &blocks, &Default::default()))
            .await
            .unwrap();
        let dropped = known.json[1]["certificate"].as_str().unwrap().to_owned();
        let device = app.db.run::<_, DbError, _>(move |c| devices::find(c, &dropped)).await.unwrap().unwrap();
        assert!(device.revoked_at.is_some());
        assert_eq!(get_as(&app, &cookie, "/v1/me").await.status, 200);
        node.stop().await;
    });
}
