//! Every shared repo, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic
)]

mod rows;

use dure_db::{
    Db, DbError, checkpoints, codes, codes::CodeError, devices, merchants, outbox, outgoing, people,
    sessions, testing::both,
};

use rows::{NOW, device, merchant, on};

fn person() -> people::Person {
    people::Person {
        bid: "aa".into(),
        display_name: "김미나".into(),
        email: "mina@example.kr".into(),
        phone: Some("01012345678".into()),
        lang: "ko".into(),
        registrar: "city".into(),
        created_at: NOW,
    }
}

#[test]
fn a_url_of_another_scheme_is_refused_without_its_password() {
    let error = Db::connect("mysql://root:secret@host/db").unwrap_err();
    assert_eq!(error.code(), "DB_URL");
    assert!(!error.to_string().contains("secret"));
}

#[test]
fn migrations_run_once_however_many_start_together() {
    for database in [dure_db::testing::sqlite(), dure_db::testing::postgres()] {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| Db::connect(&database.url).unwrap());
            }
        });
    }
}

#[test]
fn a_failed_transaction_leaves_nothing() {
    both(|db| async move {
        let failed: Result<(), DbError> = db
            .transaction(|c| {
                checkpoints::set(c, "wallet", 7, "d7")?;
                Err(DbError::Interrupted)
            })
            .await;
        assert_eq!(failed.unwrap_err().code(), "DB_INTERRUPTED");
        assert_eq!(on(&db, |c| checkpoints::get(c, "wallet")).await, None);
        let kept: Result<(), DbError> = db.transaction(|c| checkpoints::set(c, "wallet", 8, "d8")).await;
        kept.unwrap();
        on(&db, |c| checkpoints::set(c, "wallet", 9, "d9")).await;
        let at = on(&db, |c| checkpoints::get(c, "wallet")).await.unwrap();
        assert_eq!((at.height, at.digest.as_str()), (9, "d9"));
    });
}

#[test]
fn a_code_opens_once() {
    both(|db| async move {
        let issued = db.run(|c| codes::issue(c, "enrol", "a@b.kr", NOW)).await.unwrap();
        let code = issued.code.unwrap();
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
        let (id, right) = (issued.id.clone(), code.clone());
        let opened = db.run(move |c| codes::check(c, "enrol", &id, &right, NOW + 1)).await.unwrap();
        assert_eq!(opened, "a@b.kr");
        let again = db.run(move |c| codes::check(c, "enrol", &issued.id, &code, NOW + 2)).await;
        assert_eq!(again.unwrap_err().code(), "CODE_EXPIRED");
    });
}

#[test]
fn a_code_is_void_after_five_wrong_tries_or_ten_minutes_or_for_another_purpose() {
    both(|db| async move {
        let issued = db.run(|c| codes::issue(c, "enrol", "a@b.kr", NOW)).await.unwrap();
        let code = issued.code.unwrap();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for left in (1..5).rev() {
            let id = issued.id.clone();
            match db.run(move |c| codes::check(c, "enrol", &id, wrong, NOW)).await.unwrap_err() {
                CodeError::Wrong { tries_left } => assert_eq!(tries_left, left),
                other => panic!("{other}"),
            }
        }
        for guess in [wrong.to_owned(), code] {
            let id = issued.id.clone();
            let error = db.run(move |c| codes::check(c, "enrol", &id, &guess, NOW)).await.unwrap_err();
            assert_eq!(error.code(), "CODE_EXPIRED");
        }
        let issued = db.run(|c| codes::issue(c, "enrol", "c@d.kr", NOW)).await.unwrap();
        let (id, code) = (issued.id, issued.code.unwrap());
        let (id2, code2) = (id.clone(), code.clone());
        let other = db.run(move |c| codes::check(c, "till", &id2, &code2, NOW)).await.unwrap_err();
        assert_eq!(other.code(), "CODE_EXPIRED");
        let late =
            db.run(move |c| codes::check(c, "enrol", &id, &code, NOW + codes::LIFE_MS)).await.unwrap_err();
        assert_eq!(late.code(), "CODE_EXPIRED");
    });
}

#[test]
fn codes_are_rate_limited_per_subject_decoys_too() {
    both(|db| async move {
        for step in 0..codes::RATE {
            if step % 2 == 0 {
                db.run(move |c| codes::issue(c, "enrol", "a@b.kr", NOW + step)).await.unwrap();
            } else {
                let decoy =
                    db.run(move |c| codes::issue_decoy(c, "enrol", "a@b.kr", NOW + step)).await.unwrap();
                let check = db.run(move |c| codes::check(c, "enrol", &decoy.id, "123456", NOW + step)).await;
                assert_eq!(check.unwrap_err().code(), "CODE_WRONG");
            }
        }
        let error = db.run(|c| codes::issue(c, "enrol", "a@b.kr", NOW + 60_000)).await.unwrap_err();
        assert!(matches!(error, CodeError::RateLimited { retry_after_s: 3540 }), "{error}");
        db.run(|c| codes::issue(c, "enrol", "other@b.kr", NOW)).await.unwrap();
        db.run(|c| codes::issue(c, "enrol", "a@b.kr", NOW + codes::RATE_WINDOW_MS + 10)).await.unwrap();
    });
}

#[test]
fn old_codes_go_away_when_a_new_one_comes() {
    use diesel::prelude::*;
    use dure_db::schema::one_time_codes::dsl::one_time_codes;
    both(|db| async move {
        for step in 0..30 {
            let subject = format!("person{step}@b.kr");
            db.run(move |c| codes::issue_decoy(c, "enrol", &subject, NOW + step)).await.unwrap();
        }
        let later = NOW + codes::RATE_WINDOW_MS + 100;
        db.run(move |c| codes::issue(c, "till", "a@b.kr", later)).await.unwrap();
        let rows: i64 = on(&db, |c| Ok(one_time_codes.count().get_result(c)?)).await;
        assert_eq!(rows, 1);
    });
}

#[test]
fn a_token_is_claimed_by_one_device_only() {
    both(|db| async move {
        let token = on(&db, |c| sessions::create(c, "ticket", "b1", "", NOW, 1000)).await;
        let claim = |app: &'static str, certificate: String, at: i64| {
            let token = token.clone();
            let db = db.clone();
            async move { on(&db, move |c| sessions::claim(c, app, &token, &certificate, at)).await }
        };
        assert_eq!(claim("other", "c1".into(), NOW).await, None);
        let tasks: Vec<_> = (0..8).map(|n| tokio::spawn(claim("ticket", format!("c{n}"), NOW))).collect();
        let mut winners = Vec::new();
        for task in tasks {
            winners.extend(task.await.unwrap());
        }
        assert_eq!(winners.len(), 1);
        let winner = winners[0].certificate.clone();
        assert_eq!(claim("ticket", winner.clone(), NOW + 1).await.unwrap().owner, "b1");
        assert_eq!(claim("ticket", "c9".into(), NOW + 1).await, None);
        assert_eq!(claim("ticket", winner, NOW + 1000).await, None);
    });
}

#[test]
fn a_device_out_of_tries_with_its_share_is_found_by_its_own_class_alone() {
    use devices::OwnerClass::{Person, Shop};
    both(|db| async move {
        let exhausted = |class, before| on(&db, move |c| devices::exhausted(c, class, before, 10));
        on(&db, |c| devices::insert(c, &device("c1"))).await;
        // A shop's first device: the same role, another class.
        on(&db, |c| devices::insert(c, &devices::Device { owner_class: Shop, ..device("c2") })).await;
        for _ in 0..devices::PIN_TRIES {
            assert!(exhausted(Person, NOW).await.is_empty() && exhausted(Shop, NOW).await.is_empty());
            on(&db, |c| devices::begin_try(c, "c1", NOW)).await;
            on(&db, |c| devices::begin_try(c, "c2", NOW)).await;
        }
        assert!(exhausted(Person, NOW - 1).await.is_empty(), "its last try may still be looked at");
        let found: Vec<_> = exhausted(Person, NOW).await.into_iter().map(|d| d.certificate).collect();
        assert_eq!(found, ["c1"]);
        on(&db, |c| devices::lock(c, "c1", NOW)).await;
        assert!(exhausted(Person, NOW).await.is_empty());
        assert_eq!(exhausted(Shop, NOW).await[0].certificate, "c2");
        assert!(on(&db, |c| devices::locked(c, Shop, 10)).await.is_empty());
    });
}

#[test]
fn a_session_lives_until_it_ends() {
    both(|db| async move {
        let token = on(&db, |c| sessions::create(c, "wallet", "b1", "c1", NOW, 1000)).await;
        assert_eq!(token.len(), 64);
        let find = |app: &'static str, at: i64| {
            let token = token.clone();
            on(&db, move |c| sessions::find(c, app, &token, at))
        };
        assert_eq!(find("wallet", NOW + 999).await.unwrap().owner, "b1");
        assert_eq!(find("till", NOW).await, None);
        assert_eq!(find("wallet", NOW + 1000).await, None);
        let gone = token.clone();
        assert!(on(&db, move |c| sessions::end(c, "wallet", &gone)).await);
        assert_eq!(find("wallet", NOW).await, None);
        let other = on(&db, |c| sessions::create(c, "wallet", "b1", "c2", NOW, 1000)).await;
        on(&db, |c| sessions::end_for_certificate(c, "c2")).await;
        assert_eq!(on(&db, move |c| sessions::find(c, "wallet", &other, NOW)).await, None);
    });
}

#[test]
fn the_share_is_destroyed_after_five_wrong_pins() {
    both(|db| async move {
        on(&db, |c| devices::insert(c, &device("c1"))).await;
        assert_eq!(on(&db, |c| devices::begin_try(c, "c1", NOW)).await.unwrap().tries_left, 4);
        assert!(on(&db, |c| devices::right_pin(c, "c1", NOW + 5)).await);
        for left in (0..5).rev() {
            let attempt = on(&db, |c| devices::begin_try(c, "c1", NOW)).await.unwrap();
            assert_eq!((attempt.tries_left, attempt.share.as_str()), (left, "ab"));
        }
        assert!(on(&db, |c| devices::begin_try(c, "c1", NOW)).await.is_none());
        assert!(on(&db, |c| devices::lock(c, "c1", NOW + 9)).await);
        assert!(!on(&db, |c| devices::lock(c, "c1", NOW + 10)).await);
        assert!(!on(&db, |c| devices::right_pin(c, "c1", NOW)).await, "too late: it is locked");
        assert!(on(&db, |c| devices::begin_try(c, "c1", NOW)).await.is_none());
        let locked = on(&db, |c| devices::locked(c, devices::OwnerClass::Person, 10)).await;
        assert_eq!((locked[0].pin_share.clone(), locked[0].revoked_at), (None, Some(NOW + 9)));
        assert_eq!(on(&db, |c| devices::of_owner(c, "b1")).await.len(), 1);
        assert!(on(&db, |c| devices::begin_try(c, "unknown", NOW)).await.is_none());
    });
}

#[test]
fn mail_is_due_until_sent_or_given_up() {
    both(|db| async move {
        let id = on(&db, |c| outbox::queue(c, "a@b.kr", "코드", "123456", NOW)).await;
        assert!(on(&db, |c| outbox::due(c, NOW - 1, 10)).await.is_empty());
        let due = on(&db, |c| outbox::due(c, NOW, 10)).await;
        assert_eq!((due.len(), due[0].body.as_str(), due[0].attempts), (1, "123456", 0));
        let failed = id.clone();
        on(&db, move |c| outbox::mark_failed(c, &failed, "no route", NOW + 100)).await;
        assert!(on(&db, |c| outbox::due(c, NOW + 99, 10)).await.is_empty());
        assert_eq!(on(&db, |c| outbox::due(c, NOW + 100, 10)).await[0].attempts, 1);
        on(&db, move |c| outbox::mark_sent(c, &id, NOW + 101)).await;
        assert!(on(&db, |c| outbox::due(c, NOW + 200, 10)).await.is_empty());
        let other = on(&db, |c| outbox::queue(c, "a@b.kr", "s", "b", NOW)).await;
        for _ in 0..outbox::MAX_ATTEMPTS {
            let other = other.clone();
            on(&db, move |c| outbox::mark_failed(c, &other, "no route", NOW)).await;
        }
        assert!(on(&db, |c| outbox::due(c, NOW + 200, 10)).await.is_empty());
    });
}

fn build(nonce: u64) -> outgoing::Built {
    outgoing::Built { tx: format!("tx{nonce}"), wire: vec![u8::try_from(nonce).unwrap()] }
}

#[test]
fn a_purpose_has_one_transaction_until_it_is_void() {
    both(|db| async move {
        let first = on(&db, |c| outgoing::prepare(c, "p1", "s", 4, NOW, build)).await;
        assert_eq!((first.nonce, first.tx.as_str(), first.wire), (5, "tx5", vec![5]));
        let again = on(&db, |c| outgoing::prepare(c, "p1", "s", 9, NOW, build)).await;
        assert_eq!(again.nonce, 5);
        assert_eq!(on(&db, |c| outgoing::prepare(c, "p2", "s", 4, NOW, build)).await.nonce, 6);
        assert_eq!(on(&db, |c| outgoing::prepare(c, "p3", "s", 20, NOW, build)).await.nonce, 21);
        assert_eq!(on(&db, |c| outgoing::pending(c, "s", 10)).await.len(), 3);
        on(&db, |c| outgoing::mark_final(c, "p1", "tx5", "{}")).await;
        on(&db, |c| outgoing::mark_final(c, "p2", "another", "{}")).await;
        assert_eq!(on(&db, |c| outgoing::find(c, "p1")).await.unwrap().state, outgoing::State::Final);
        assert_eq!(on(&db, |c| outgoing::find(c, "p2")).await.unwrap().state, outgoing::State::Pending);
        on(&db, |c| outgoing::mark_void(c, "p2", "tx6")).await;
        let new = on(&db, |c| outgoing::prepare(c, "p2", "s", 4, NOW + 1, build)).await;
        assert_eq!((new.nonce, new.state), (22, outgoing::State::Pending));
    });
}

#[test]
fn nonces_are_never_given_twice() {
    both(|db| async move {
        let mut tasks = Vec::new();
        for task in 0..16 {
            let db = db.clone();
            tasks.push(tokio::spawn(async move {
                let made: Result<_, DbError> = db
                    .transaction(move |c| outgoing::prepare(c, &format!("p{}", task / 2), "s", 0, NOW, build))
                    .await;
                made.unwrap().nonce
            }));
        }
        let mut given = std::collections::BTreeMap::new();
        for (task, handle) in tasks.into_iter().enumerate() {
            let nonce = handle.await.unwrap();
            assert_eq!(*given.entry(task / 2).or_insert(nonce), nonce, "both callers get the stored one");
        }
        let distinct: std::collections::BTreeSet<_> = given.values().collect();
        assert_eq!(distinct.len(), 8);
    });
}

#[test]
fn people_are_found_by_every_name() {
    both(|db| async move {
        on(&db, |c| people::insert(c, &person())).await;
        assert_eq!(on(&db, |c| people::by_bid(c, "aa")).await, Some(person()));
        assert_eq!(on(&db, |c| people::by_email(c, "mina@example.kr")).await.unwrap().bid, "aa");
        assert_eq!(on(&db, |c| people::by_phone(c, "01012345678")).await.unwrap().bid, "aa");
        assert_eq!(on(&db, |c| people::by_email(c, "nobody@example.kr")).await, None);
        on(&db, |c| people::set_lang(c, "aa", "en")).await;
        assert_eq!(on(&db, |c| people::by_bid(c, "aa")).await.unwrap().lang, "en");
        let twice: Result<(), DbError> = db.run(|c| people::insert(c, &person())).await;
        assert_eq!(twice.unwrap_err().code(), "DB_QUERY");
    });
}

#[test]
fn a_shop_is_entered_once_and_brought_up_to_date() {
    both(|db| async move {
        let mut shop = merchant();
        let first = shop.clone();
        on(&db, move |c| merchants::put(c, &first)).await;
        shop.held = 500;
        let second = shop.clone();
        on(&db, move |c| merchants::put(c, &second)).await;
        assert_eq!(on(&db, |c| merchants::by_code(c, "M000101")).await, Some(shop.clone()));
        assert_eq!(on(&db, |c| merchants::by_bid(c, "m1")).await, Some(shop.clone()));
        assert_eq!(on(&db, |c| merchants::by_email(c, "bread@example.kr")).await, Some(shop));
        assert_eq!(on(&db, merchants::all).await.len(), 1);
    });
}

#[test]
fn keys_that_cannot_be_stored_find_nothing() {
    both(|db| async move {
        let bad = "a\0b";
        assert_eq!(on(&db, move |c| people::by_bid(c, bad)).await, None);
        assert_eq!(on(&db, move |c| people::by_email(c, bad)).await, None);
        assert_eq!(on(&db, move |c| people::by_phone(c, bad)).await, None);
        assert_eq!(on(&db, move |c| merchants::by_code(c, bad)).await, None);
        assert_eq!(on(&db, move |c| devices::find(c, bad)).await, None);
        assert!(on(&db, move |c| devices::begin_try(c, bad, NOW)).await.is_none());
        assert_eq!(on(&db, move |c| sessions::find(c, "wallet", bad, NOW)).await, None);
        let code = db.run(move |c| codes::check(c, "enrol", bad, bad, NOW)).await;
        assert_eq!(code.unwrap_err().code(), "CODE_EXPIRED");
    });
}
