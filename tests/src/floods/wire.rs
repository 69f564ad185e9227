//! A client that does with a connection whatever it likes.

use std::{
    io::{Error, ErrorKind},
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// Longest wait for anything: far more than a node takes, so that a test ends.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest answer that is read.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// A connection.
pub struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    /// Connects from one of this machine's addresses.
    pub async fn open(from: Ipv4Addr, to: SocketAddr) -> Result<Self, Error> {
        Self::open_with(from, to, None).await
    }

    /// The same, with so small a buffer for what comes that little can come unread.
    pub async fn open_narrow(from: Ipv4Addr, to: SocketAddr) -> Result<Self, Error> {
        Self::open_with(from, to, Some(2_048)).await
    }

    async fn open_with(from: Ipv4Addr, to: SocketAddr, room: Option<u32>) -> Result<Self, Error> {
        let socket = TcpSocket::new_v4()?;
        if let Some(room) = room {
            socket.set_recv_buffer_size(room)?;
        }
        socket.bind(SocketAddr::from((from, 0)))?;
        let stream = timeout(PATIENCE, socket.connect(to)).await.map_err(|_| late())??;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Sends bytes.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Error> {
        timeout(PATIENCE, self.stream.write_all(bytes)).await.map_err(|_| late())?
    }

    /// The status of the next answer, whose body is read and forgotten.
    pub async fn status(&mut self) -> Result<u16, Error> {
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        let status = text.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(strange)?;
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(Ok(0), |length| length.trim().parse()).map_err(|_| strange())?;
        while self.buffer.len() < head + length {
            self.more().await?;
        }
        self.buffer.drain(..head + length);
        Ok(status)
    }

    /// Reads until the other side ends the connection, at most for `limit`. Whether it did.
    pub async fn is_ended_within(&mut self, limit: Duration) -> bool {
        let ended = async { while self.more().await.is_ok() {} };
        timeout(limit, ended).await.is_ok()
    }

    async fn more(&mut self) -> Result<(), Error> {
        if self.buffer.len() > MAX_ANSWER {
            return Err(strange());
        }
        let mut part = [0; 16_384];
        match timeout(PATIENCE, self.stream.read(&mut part)).await.map_err(|_| late())?? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            read => {
                self.buffer.extend_from_slice(&part[..read]);
                Ok(())
            }
        }
    }
}

fn late() -> Error {
    ErrorKind::TimedOut.into()
}

fn strange() -> Error {
    ErrorKind::InvalidData.into()
}

/// A request without a body.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: node\r\n\r\n").into_bytes()
}

/// A request with a body.
pub fn post(path: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: node\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A transaction is handed in.
pub fn hand_in(wire: &[u8]) -> Vec<u8> {
    post("/v1/transactions", "application/cbor", wire)
}
