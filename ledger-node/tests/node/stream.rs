//! Followers get every block once, in order, also over a restart of the node.

use std::time::Duration;

use dure_ledger_client::{Block, ClientError};
use futures::{Stream, StreamExt as _};
use tokio::time::timeout;

use crate::support::{Place, applied, register};

async fn next(stream: &mut (impl Stream<Item = Result<Block, ClientError>> + Unpin)) -> Block {
    loop {
        match timeout(Duration::from_secs(20), stream.next()).await.unwrap().unwrap() {
            Ok(block) => return block,
            Err(error) => assert!(error.is_transient(), "{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_resumes_from_a_height_and_follows_live_and_survives_a_restart() {
    let mut place = Place::new();
    let (node, client) = place.start().await;
    place.config.http_listen = node.http_address();
    let first = applied(&client, &register(1, 9)).await;
    let second = applied(&client, &register(2, 10)).await;

    let mut late = client.stream(second.height);
    let block = next(&mut late).await;
    assert_eq!(block.height, second.height);
    assert!(block.receipts.contains(&second));

    let mut all = client.stream(1);
    let mut heights = Vec::new();
    while heights.last().copied().unwrap_or(0) < second.height + 2 {
        let block = next(&mut all).await;
        if block.height == first.height {
            assert!(block.receipts.contains(&first));
        }
        heights.push(block.height);
    }
    assert_eq!(heights, (1..=second.height + 2).collect::<Vec<_>>());

    node.stop().await;
    let (node, client) = place.start().await;
    let third = applied(&client, &register(3, 11)).await;
    let mut expected = second.height + 3;
    loop {
        let block = next(&mut all).await;
        assert_eq!(block.height, expected);
        expected += 1;
        if block.height == third.height {
            assert!(block.receipts.contains(&third));
            break;
        }
    }
    node.stop().await;
}
