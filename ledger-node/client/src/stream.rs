//! Finalized blocks as they come, from any node, without gap or repetition.

use std::{collections::VecDeque, time::Duration};

use dure_score::Hash32;
use futures::{Stream, stream};
use reqwest::Response;

use crate::{
    block::Block, client::LedgerClient, error::ClientError, sse::Parser, transport::MAX_ANSWER_BYTES,
};

/// A node sends a block or a comment at least every 10 s; longer silence means that it is gone.
const IDLE: Duration = Duration::from_secs(20);

/// Pause before the next try after a connection was lost or refused.
const PAUSE: Duration = Duration::from_millis(300);

struct State {
    client: LedgerClient,
    next: u64,
    /// Digest of the block before `next`, once known.
    parent: Option<Hash32>,
    open: Option<(Response, Parser)>,
    /// Set after an error, so that trouble never becomes a busy loop.
    pause: bool,
    ready: VecDeque<Vec<u8>>,
}

impl LedgerClient {
    /// The blocks from height `from` (at least 1) on: stored ones, then each as it becomes final. Never ends. When a node is
    /// lost the stream yields one error, reconnects (to another node if need be) and goes on with the very next
    /// height; each block's parent is checked against the block before.
    pub fn stream(
        &self,
        from: u64,
    ) -> impl Stream<Item = Result<Block, ClientError>> + Send + 'static + use<> {
        let state = State {
            client: self.clone(),
            next: from.max(1),
            parent: None,
            open: None,
            pause: false,
            ready: VecDeque::new(),
        };
        Box::pin(stream::unfold(state, |mut state| async move {
            let item = state.next_block().await;
            if item.is_err() {
                state.lose();
            }
            Some((item, state))
        }))
    }
}

impl State {
    async fn next_block(&mut self) -> Result<Block, ClientError> {
        if std::mem::take(&mut self.pause) {
            tokio::time::sleep(PAUSE).await;
        }
        loop {
            if let Some(json) = self.ready.pop_front() {
                let block = Block::from_json(&json)?;
                if block.height < self.next {
                    continue;
                }
                return self.accept(block);
            }
            self.receive().await?;
        }
    }

    fn accept(&mut self, block: Block) -> Result<Block, ClientError> {
        if block.height != self.next {
            return Err(ClientError::Protocol(format!(
                "block {} came instead of {}",
                block.height, self.next
            )));
        }
        if self.parent.is_some_and(|parent| parent != block.parent) {
            return Err(ClientError::Protocol(format!("block {} does not follow its parent", block.height)));
        }
        self.next = self.next.saturating_add(1);
        self.parent = Some(block.digest);
        Ok(block)
    }

    /// Reads the next bytes of the open connection, opening one first if there is none.
    async fn receive(&mut self) -> Result<(), ClientError> {
        if self.open.is_none() {
            let path = format!("/v1/stream?from={}", self.next);
            let response = self.client.transport.open(&path, IDLE).await?;
            self.open = Some((response, Parser::default()));
        }
        let Some((response, parser)) = self.open.as_mut() else { return Err(ClientError::Unavailable) };
        let chunk = match tokio::time::timeout(IDLE, response.chunk()).await {
            Ok(Ok(Some(chunk))) => chunk,
            Ok(Ok(None) | Err(_)) | Err(_) => return Err(ClientError::Unavailable),
        };
        let too_long = |_| ClientError::Protocol("an event of the stream is too long".to_owned());
        parser.push(&chunk, MAX_ANSWER_BYTES).map_err(too_long)?;
        while let Some(event) = parser.next_event() {
            self.ready.push_back(event);
        }
        Ok(())
    }

    /// Drops the connection; the next one begins with another node.
    fn lose(&mut self) {
        self.open = None;
        self.ready.clear();
        self.pause = true;
        self.client.transport.turn_away();
    }
}
