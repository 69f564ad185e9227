//! Sending exactly once, in the name of a registrar.

use std::sync::Arc;

use dure_db::{
    DbError, now_ms,
    outgoing::{self, Built, State},
};
use dure_ledger_client::sign_transaction;
use dure_score::{Bid, Call, Transaction, call::MemberRegister, record::MemberClass};
use dure_service::ledger::Ledger as _;

use crate::support::{TestLedger, World, bid, key, run};

fn register(member: Bid) -> Call {
    Call::MemberRegister(MemberRegister { bid: member, class: MemberClass::Citizen })
}

/// Stores a transaction under `purpose` as an earlier process did, whose clock was `ahead` ms wrong.
async fn stored(world: &World, purpose: &'static str, ahead: i64) {
    let officer = Arc::clone(&world.till.officer);
    assert!(officer.synchronise().await.unwrap());
    let certificate = officer.certificate();
    let floor = world.ledger.certificate(certificate).await.unwrap().unwrap().highest_nonce;
    let valid_until = now_ms() + ahead;
    let prepare = move |c: &mut _| {
        outgoing::prepare(c, purpose, &certificate.to_string(), floor, valid_until, |nonce| {
            let call = register(bid("late"));
            let valid_until = u64::try_from(valid_until).unwrap();
            let transaction =
                Transaction { chain: TestLedger::chain(), signer: certificate, nonce, valid_until, call };
            let tx = sign_transaction(&key("till-officer"), &transaction).unwrap();
            Built { tx: tx.id().to_string(), wire: tx.wire().to_vec() }
        })
    };
    world.till.db.transaction::<_, DbError, _>(prepare).await.unwrap();
}

#[test]
fn a_transaction_whose_time_is_over_or_lies_too_far_ahead_is_made_anew() {
    run(|world| async move {
        for (purpose, ahead) in [("over", -60_000), ("ahead", 24 * 3_600_000)] {
            stored(&world, purpose, ahead).await;
            let member = bid(purpose);
            let receipt = world.till.officer.once(purpose, &register(member)).await.unwrap();
            assert!(receipt.is_applied(), "{purpose}: {receipt:?}");
            let kept = world.till.db.run::<_, DbError, _>(move |c| outgoing::find(c, purpose)).await;
            let kept = kept.unwrap().unwrap();
            assert_eq!((kept.state, kept.tx), (State::Final, receipt.tx.to_string()), "{purpose}");
        }
    });
}

#[test]
fn what_must_happen_is_made_anew_by_the_worker_and_nothing_else_is() {
    run(|world| async move {
        stored(&world, "must", -60_000).await;
        world.till.officer.resend(9, |_| false).await.unwrap();
        assert!(!world.ledger.knows(bid("late")), "void, and nobody asked for more");
        stored(&world, "must", -60_000).await;
        world.till.officer.resend(9, |purpose| purpose == "must").await.unwrap();
        assert!(world.ledger.knows(bid("late")));
    });
}

#[test]
fn many_who_act_for_one_purpose_at_once_send_one_transaction() {
    run(|world| async move {
        assert!(world.till.officer.synchronise().await.unwrap());
        let call = register(bid("mina"));
        let acts = (0..8).map(|_| world.till.officer.ensure("one", &call));
        let receipts = futures::future::join_all(acts).await;
        let ids: std::collections::BTreeSet<_> =
            receipts.into_iter().map(|receipt| receipt.unwrap().tx).collect();
        assert_eq!(ids.len(), 1, "{ids:?}");
    });
}

#[test]
fn a_refusal_is_the_last_word_of_once_and_not_of_ensure() {
    run(|world| async move {
        let officer = &world.till.officer;
        let taken = register(bid("mina"));
        assert!(officer.ensure("first", &taken).await.unwrap().is_applied());
        let refused = officer.once("again", &taken).await.unwrap();
        assert!(!refused.is_applied());
        let free = register(bid("other"));
        assert_eq!(officer.once("again", &free).await.unwrap(), refused, "the same answer");
        assert!(officer.ensure("again", &free).await.unwrap().is_applied());
    });
}
