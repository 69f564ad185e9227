//! As much of HTTP/1.1 as the generator needs: fixed requests, answers with a known length, kept connections.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Longest answer that is read, bytes: a node's metrics are some 20 KB.
const MAX_ANSWER: usize = 1024 * 1024;

/// What is read at once, bytes.
const READ: usize = 64 * 1024;

/// A kept connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    used: usize,
}

/// An answer's status and what else matters of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Seconds.
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    retry_after: Option<u64>,
    /// Bytes of the head, with its empty line.
    bytes: usize,
    /// Bytes of the body.
    length: usize,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(READ), used: 0 })
    }

    pub(crate) async fn send(&mut self, requests: &[u8]) -> io::Result<()> {
        self.stream.write_all(requests).await
    }

    /// The next answer.
    pub(crate) async fn answer(&mut self) -> io::Result<Answer> {
        let head = self.head().await?;
        let (from, to) = (head.bytes, head.bytes.saturating_add(head.length));
        let body = self.rest().get(from..to).unwrap_or_default().to_vec();
        self.used = self.used.saturating_add(to);
        Ok(Answer { status: head.status, retry_after: head.retry_after, body })
    }

    /// Reads until the next answer is here whole.
    async fn head(&mut self) -> io::Result<Head> {
        loop {
            if let Some(head) = parse(self.rest())?
                && self.rest().len() >= head.bytes.saturating_add(head.length)
            {
                return Ok(head);
            }
            self.buffer.drain(..self.used.min(self.buffer.len()));
            self.used = 0;
            if self.buffer.len() > MAX_ANSWER {
                return Err(bad("an answer is too long"));
            }
            self.buffer.reserve(READ);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.used..).unwrap_or_default()
    }
}

fn parse(bytes: &[u8]) -> io::Result<Option<Head>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(bytes.get(..end).unwrap_or_default()).map_err(|_| bad("head"))?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
    let status = status.ok_or_else(|| bad("no HTTP/1.1 status"))?;
    let (mut length, mut retry_after) = (None, None);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let number = || value.trim().parse::<u64>().ok();
        if name.eq_ignore_ascii_case("content-length") {
            length = number();
        } else if name.eq_ignore_ascii_case("retry-after") {
            retry_after = number();
        }
    }
    let length = length.and_then(|length| usize::try_from(length).ok());
    let length = length.ok_or_else(|| bad("an answer without a length"))?;
    Ok(Some(Head { status, retry_after, bytes: end.saturating_add(4), length }))
}

fn bad(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// A GET.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: node\r\n\r\n").into_bytes()
}

/// Appends a transaction's submission.
pub(crate) fn post(out: &mut Vec<u8>, query: &str, wire: &[u8]) {
    let length = wire.len();
    out.extend_from_slice(b"POST /v1/transactions");
    out.extend_from_slice(query.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\nhost: node\r\ncontent-type: application/cbor\r\ncontent-length: ");
    out.extend_from_slice(length.to_string().as_bytes());
    out.extend_from_slice(b"\r\n\r\n");
    out.extend_from_slice(wire);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use tokio::net::TcpListener;

    /// However the bytes are cut, the answers come out whole and in order.
    #[test]
    fn answers_are_told_apart_however_they_arrive() {
        let bytes = b"HTTP/1.1 202 Accepted\r\nContent-Length: 3\r\nx: y\r\n\r\nabc\
            HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n";
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for cut in 1..bytes.len() {
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let mut connection = Connection::open(listener.local_addr().unwrap()).await.unwrap();
                let (mut node, _) = listener.accept().await.unwrap();
                node.set_nodelay(true).unwrap();
                node.write_all(&bytes[..cut]).await.unwrap();
                let rest = async {
                    tokio::task::yield_now().await;
                    node.write_all(&bytes[cut..]).await.unwrap();
                };
                let read = async { (connection.answer().await.unwrap(), connection.answer().await.unwrap()) };
                let ((), (first, second)) = tokio::join!(rest, read);
                assert_eq!((first.status, first.body.as_slice()), (202, b"abc".as_slice()));
                assert_eq!((second.status, second.retry_after, second.body.len()), (503, Some(2), 0));
                drop(node);
                assert!(connection.answer().await.is_err());
            });
        }
    }

    #[test]
    fn what_is_not_an_answer_is_refused() {
        assert!(parse(b"SSH-2.0\r\n\r\n").is_err());
        assert!(parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\ncontent-le").unwrap(), None);
    }
}
