//! Sends a request and reads the answer, over a connection that is kept while it works.

use std::{
    collections::HashMap,
    io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Mutex,
    time::Duration,
};

/// Longest wait: a request that asks the server to wait, or a stream without an end, is given up.
const PATIENCE: Duration = Duration::from_millis(500);

/// Longest body that is read.
const MAX_BODY: u64 = 1 << 20;

/// An answer.
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub body: String,
}

type Connection = BufReader<TcpStream>;

static OPEN: Mutex<Option<HashMap<SocketAddr, Connection>>> = Mutex::new(None);

/// The answer to `request`; `None` if the server takes its time. A server that hangs up without a word is a failure.
pub fn exchange(server: SocketAddr, method: &str, request: &[u8]) -> Option<Answer> {
    let mut open = OPEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let open = open.get_or_insert_default();
    let kept = open.remove(&server);
    let fresh = kept.is_none();
    let connection = kept.map_or_else(|| connect(server), Ok);
    let mut outcome = connection.and_then(|connection| talk(connection, method, request));
    if !fresh && outcome.as_ref().is_err_and(hung_up) {
        // A kept connection may have ended by itself.
        outcome = connect(server).and_then(|connection| talk(connection, method, request));
    }
    match outcome {
        Ok((answer, connection)) => {
            open.extend(connection.map(|connection| (server, connection)));
            Some(answer)
        }
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
        Err(error) => panic!("no answer: {error}"),
    }
}

fn hung_up(error: &io::Error) -> bool {
    !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn connect(server: SocketAddr) -> io::Result<Connection> {
    let stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

fn talk(
    mut connection: Connection,
    method: &str,
    request: &[u8],
) -> io::Result<(Answer, Option<Connection>)> {
    // A server may answer and hang up before it has read a long body.
    let sent = connection.get_mut().write_all(request);
    let mut line = String::new();
    if connection.read_line(&mut line)? == 0 {
        sent?;
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(ErrorKind::InvalidData)?;
    let (mut length, mut kind, mut keep) = (None, String::new(), sent.is_ok());
    loop {
        line.clear();
        if connection.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        let (name, value) = text.split_once(':').ok_or(ErrorKind::InvalidData)?;
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse::<u64>().ok(),
            "content-type" => kind = value.trim().to_owned(),
            "connection" if value.trim().eq_ignore_ascii_case("close") => keep = false,
            _ => {}
        }
    }
    let mut body = Vec::new();
    match length {
        _ if method == "HEAD" || status == 204 || status == 304 => {}
        Some(length) if length <= MAX_BODY => {
            connection.by_ref().take(length).read_to_end(&mut body)?;
        }
        // A stream: what it says is not looked at.
        _ => keep = false,
    }
    let answer = Answer { status, kind, body: String::from_utf8_lossy(&body).into_owned() };
    Ok((answer, keep.then_some(connection)))
}
