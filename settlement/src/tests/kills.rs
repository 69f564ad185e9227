//! A settlement killed right before and right after every single transaction, and between all steps, ends like one
//! that was never disturbed: same ids, same file, same totals, one mail each.

use super::city::{City, SHOPS};
use super::world::{Cut, bid};
use crate::batch::Summary;
use crate::repo::batches::BatchState;
use dure_db::testing;
use jiff::civil::Date;

const STEPS: [BatchState; 9] = [
    BatchState::Fixed,
    BatchState::Opened,
    BatchState::Netted,
    BatchState::Redeemed,
    BatchState::Filed,
    BatchState::Sent,
    BatchState::Answered,
    BatchState::Decided,
    BatchState::Closed,
];

async fn city() -> (testing::TestDb, City) {
    let database = testing::sqlite();
    let city = City::new(database.db.clone()).await;
    for (shop, won) in SHOPS.into_iter().zip([9_000, 4_500, 700]) {
        city.pay(shop, won);
    }
    city.bank.refuse.borrow_mut().insert("DURE-20261123-M000102".into(), "AC01");
    (database, city)
}

fn date() -> Date {
    "2026-11-23".parse().unwrap()
}

/// Starts the process again and again until it ends well; the bank works whenever it is not.
async fn until_closed(city: &City) -> Summary {
    for _ in 0..4 {
        let batcher = city.batcher().await;
        // Stopping at `sent` first keeps the waiting short: the bank answers between two lives of the process.
        if batcher.run_until(date(), BatchState::Sent).await.is_ok() {
            city.bank.work();
            if let Ok(summary) = batcher.run(date()).await {
                return summary;
            }
        }
    }
    panic!("the batch never closed");
}

fn without_place(mut summary: Summary) -> Summary {
    // Every city has folders and a clock of its own.
    (summary.file, summary.file_sha256) = (None, None);
    summary
}

#[tokio::test]
async fn a_cut_at_any_transaction_changes_nothing() {
    let (_database, calm) = city().await;
    calm.world.cut(None);
    let expected = without_place(until_closed(&calm).await);
    let transactions = calm.world.submissions();
    // open, three redeems, two confirms, one reject, close
    assert_eq!(transactions, 8);
    for at in 1..=transactions {
        for after in [false, true] {
            let (_database, city) = city().await;
            city.world.cut(Some(Cut { at, after }));
            let summary = until_closed(&city).await;
            let bytes = std::fs::read(summary.file.clone().unwrap()).unwrap();
            assert_eq!(Some(hex::encode(dure_score::ids::sha256(&[&bytes]))), summary.file_sha256);
            assert_eq!(without_place(summary), expected, "cut at {at}, after: {after}");
            assert_eq!(city.mails().await.len(), 3);
            let left: Vec<u64> = SHOPS.into_iter().map(|shop| city.world.balance(&bid(shop))).collect();
            assert_eq!(left, [0, 4_500, 0]);
        }
    }
}

#[tokio::test]
async fn a_new_process_for_every_step_writes_the_same_bytes() {
    let (_database, city) = city().await;
    let mut sent = Vec::new();
    for step in STEPS {
        if step == BatchState::Answered {
            sent = city.bank.inbox();
            city.bank.work();
        }
        let summary = city.batcher().await.run_until(date(), step).await.unwrap();
        assert_eq!(summary.state, step.as_str());
    }
    let summary = city.batcher().await.run(date()).await.unwrap();
    assert_eq!(sent, [std::fs::read(summary.file.unwrap()).unwrap()]);
    assert_eq!(summary.difference, "0");
}

#[tokio::test]
async fn a_lost_copy_is_written_again_and_a_second_sending_is_answered_dupl() {
    let (_database, city) = city().await;
    let batcher = city.batcher().await;
    let filed = batcher.run_until(date(), BatchState::Filed).await.unwrap();
    let path = filed.file.unwrap();
    let original = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    batcher.run_until(date(), BatchState::Sent).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), original);
    city.bank.work();
    // Killed after the rename and before the note: the next life sends again.
    std::fs::write(city.bank.dir.join("inbox/DURE-20261123.xml"), &original).unwrap();
    city.bank.work();
    assert_eq!(batcher.run(date()).await.unwrap().state, "closed");
    assert_eq!(city.world.balance(&bid(SHOPS[1])), 4_500);
}
