//! What the typed client reads: blocks, every answer of a node, key files.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{LazyLock, Mutex},
    thread,
};

use dure_ledger_client::{Block, KeyFile, LedgerClient};
use dure_score::{
    Bid, CampaignId, CertId, Hash32, OrderId, TxId,
    ids::{BatchId, DepositRef, PayoutId},
};
use futures::StreamExt as _;
use tokio::runtime::Runtime;

use crate::{bytes::byte, files::Scratch};

/// JSON of a block.
pub fn block(data: &[u8]) {
    if let Ok(block) = Block::from_json(data) {
        assert_eq!(block.transactions.len(), block.receipts.len());
        assert!(
            block.entries().all(|(tx, receipt)| tx.id() == receipt.tx),
            "a receipt of another transaction"
        );
    }
}

/// A node that answers every request with what it is told to.
struct Puppet {
    url: String,
    answer: &'static Mutex<(u16, Vec<u8>)>,
}

static ANSWER: Mutex<(u16, Vec<u8>)> = Mutex::new((200, Vec::new()));

static PUPPET: LazyLock<Puppet> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || drop(serve(stream)));
        }
    });
    Puppet { url, answer: &ANSWER }
});

fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let mut requests = BufReader::new(stream.try_clone()?);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if requests.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if line == "\r\n" {
                break;
            }
        }
        requests.by_ref().take(length).read_to_end(&mut Vec::new())?;
        let (status, body) = PUPPET.answer.lock().expect("no panic here").clone();
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), &body].concat())?;
    }
}

static RUNTIME: LazyLock<Mutex<(Runtime, LedgerClient)>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    Mutex::new((runtime, LedgerClient::new(vec![PUPPET.url.clone()])))
});

/// What is asked, by number.
const QUESTIONS: u8 = 23;
/// What it is answered with.
const STATUS: [u16; 6] = [200, 202, 404, 400, 422, 503];

/// Number of the question, number of the status, body of the answer.
pub fn answers(data: &[u8]) {
    let Some((question, rest)) = byte(data) else { return };
    let Some((status, body)) = byte(rest) else { return };
    let guard = RUNTIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let (runtime, client) = &*guard;
    *PUPPET.answer.lock().expect("no panic here") =
        (STATUS[usize::from(status) % STATUS.len()], body.to_vec());
    runtime.block_on(ask(client, question % QUESTIONS));
}

async fn ask(client: &LedgerClient, question: u8) {
    let (bid, id, certificate) = (Bid::default(), TxId::default(), CertId::default());
    let text = "x";
    match question {
        0 => drop(client.status().await),
        1 => drop(client.genesis().await),
        2 => drop(client.receipt(&id).await),
        3 => drop(client.transaction(&id).await),
        4 => drop(client.wait_transaction(&id, std::time::Duration::ZERO).await),
        5 => drop(client.dry_run_bytes(b"").await),
        6 => drop(client.block(1).await),
        7 => drop(client.block_by_hash(&Hash32::default()).await),
        8 => drop(client.latest_block().await),
        9 => drop(client.blocks(1, 9).await),
        10 => drop(client.account(&bid).await),
        11 => drop(client.certificate(&certificate).await),
        12 => drop(client.campaigns().await),
        13 => drop(client.campaign(CampaignId::COIN).await),
        14 => drop(client.payment(&id).await),
        15 => drop(client.order(&bid, &OrderId::new(text).expect("an id")).await),
        16 => drop(client.deposit(&DepositRef::new(text).expect("an id")).await),
        17 => drop(client.batch(&BatchId::new(text).expect("an id")).await),
        18 => drop(client.payout(&PayoutId::new(text).expect("an id")).await),
        19 => drop((client.transaction_proof(&id).await, client.account_proof(&bid).await)),
        20 => drop(client.supply().await),
        21 => drop((
            client.payment_proof(&id).await,
            client.deposit_proof(&DepositRef::new(text).expect("an id")).await,
        )),
        _ => {
            let mut stream = std::pin::pin!(client.stream(1));
            let mut next = 1;
            while let Some(Ok(block)) = stream.next().await {
                assert_eq!(block.height, next, "the stream has a gap");
                next += 1;
            }
        }
    }
}

/// Memory and passes that a fuzzer may spend on one passphrase: a file may ask for more, and gets it from its owner only.
const CHEAP: (u64, u64) = (1024, 3);

/// A key file.
pub fn key_file(data: &[u8]) {
    static FILE: LazyLock<Scratch> = LazyLock::new(Scratch::new);
    let path = FILE.write("key.json", data);
    let named = KeyFile::public_key_of(&path);
    let number = |name: &str| {
        let value: serde_json::Value = serde_json::from_slice(data).unwrap_or_default();
        value[name].as_u64().unwrap_or(u64::MAX)
    };
    if named.is_ok() && number("memory_kib") <= CHEAP.0 && number("passes") <= CHEAP.1 {
        assert!(KeyFile::open(&path, "a guess").is_err(), "a key file opens without its passphrase");
    }
}
