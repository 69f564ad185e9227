//! What is read out in eight digits: payers' codes, and phones that wait at the counter. On both databases.
#![allow(clippy::unwrap_used)]

use dure_db::{Db, DbError, new_phones, payer_codes, testing::both};

const NOW: i64 = 1_790_000_000_000;

async fn on<T: Send + 'static>(
    db: &Db,
    job: impl FnOnce(&mut dure_db::DbConnection) -> Result<T, DbError> + Send + 'static,
) -> T {
    db.run(job).await.unwrap()
}

#[test]
fn a_payers_code_is_for_one_shop_until_it_is_over() {
    both(|db| async move {
        let offer = |owner: &'static str, code: &'static str, at: i64| {
            on(&db, move |c| payer_codes::offer(c, owner, code, at, at + 180_000))
        };
        let take = |number: &str, shop: &'static str, at: i64| {
            let number = number.to_owned();
            on(&db, move |c| payer_codes::take(c, &number, shop, at))
        };
        let first = offer("mina", "one", NOW).await.unwrap();
        assert_eq!(first.len(), payer_codes::DIGITS);
        assert_eq!(take(&first, "bakery", NOW).await.as_deref(), Some("one"));
        assert_eq!(take(&first, "bakery", NOW + 1).await.as_deref(), Some("one"), "an answer may be lost");
        assert_eq!(take(&first, "cafe", NOW).await, None, "another shop has no business with it");
        assert_eq!(take(&first, "bakery", NOW + 180_000).await, None);
        let second = offer("mina", "two", NOW + 1).await.unwrap();
        assert_eq!(take(&first, "bakery", NOW + 2).await, None, "a person has one code at a time");
        assert!(on(&db, |c| payer_codes::withdraw(c, "mina")).await);
        assert_eq!(take(&second, "cafe", NOW + 2).await, None);
        assert!(!on(&db, |c| payer_codes::withdraw(c, "mina")).await);
        let old = offer("jun", "three", NOW).await.unwrap();
        offer("mina", "four", NOW + 180_000).await.unwrap();
        assert_eq!(take(&old, "cafe", NOW + 1).await, None, "what is over is deleted by the next one");
        assert_eq!(take("1234\0abc", "cafe", NOW).await, None);
    });
}

#[test]
fn a_phone_at_the_counter_signs_for_the_person_named_last_and_leaves_no_share() {
    both(|db| async move {
        let brought = |certificate: &str| new_phones::Brought {
            certificate: certificate.to_owned(),
            public_key: "00".to_owned(),
            device_name: "phone".to_owned(),
            pin_verifier: "tag$hash".to_owned(),
            pin_share: "ab".to_owned(),
        };
        let phone = brought("c1");
        let (token, number) = on(&db, move |c| new_phones::begin(c, &phone, NOW)).await.unwrap();
        let (phone, later) = (brought("c1"), NOW + new_phones::LIFE_MS - 1);
        let again = on(&db, move |c| new_phones::begin(c, &phone, later)).await;
        assert_eq!(again, None, "whoever knows the key takes nobody's place");
        assert_eq!(number.len(), 8);
        let (n, t) = (number.clone(), token.clone());
        let signed = on(&db, move |c| {
            new_phones::assign(c, &n, "mina", NOW)?;
            let mina = new_phones::sign(c, &t, "mina", "s1")?;
            new_phones::assign(c, &n, "joon", NOW)?;
            Ok((mina, new_phones::sign(c, &t, "mina", "s2")?))
        });
        assert_eq!(signed.await, (true, false));
        let n = number.clone();
        let waits = on(&db, move |c| new_phones::by_number(c, &n, NOW)).await.unwrap();
        assert_eq!((waits.bid.as_deref(), waits.possession), (Some("joon"), None));
        on(&db, |c| new_phones::end(c, "c1")).await;
        let t = token.clone();
        let ended = on(&db, move |c| new_phones::by_token(c, &t)).await.unwrap();
        assert_eq!((ended.pin_share.as_str(), ended.pin_verifier.as_str()), ("", ""));
        on(&db, |c| new_phones::proposed(c, "c1", NOW)).await;
        let (n, later) = (number.clone(), NOW + new_phones::PROPOSED_MS);
        assert!(on(&db, move |c| new_phones::by_number(c, &n, later - 1)).await.is_some());
        assert_eq!(on(&db, move |c| new_phones::by_number(c, &number, later)).await, None);
        let phone = brought("c2");
        assert!(on(&db, move |c| new_phones::begin(c, &phone, later)).await.is_some());
        assert_eq!(on(&db, move |c| new_phones::by_token(c, &token)).await, None, "what is over goes away");
        assert_eq!(on(&db, move |c| new_phones::by_number(c, "1\0", NOW)).await, None);
    });
}
