//! An input as a request.

use std::net::SocketAddr;

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];

/// Headers that say how the request travels: the harness' own business.
const TRAVEL: [&str; 7] =
    ["content-length", "transfer-encoding", "connection", "host", "expect", "upgrade", "accept-encoding"];

/// Longest target and most headers that an HTTP library lets through.
const MAX_TARGET: usize = 2_000;
const MAX_HEADERS: usize = 32;

/// A request.
pub struct Message {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Message {
    /// Of any bytes that begin with a method and a path.
    pub fn parse(data: &[u8]) -> Option<Self> {
        let end = data.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = data.split_at(end.unwrap_or(data.len()));
        let body = body.strip_prefix(b"\n\n").unwrap_or(body).to_vec();
        let head = String::from_utf8_lossy(head);
        let mut lines = head.split('\n');
        let (method, target) = lines.next()?.split_once(' ')?;
        let method = METHODS.into_iter().find(|known| *known == method)?.to_owned();
        if !target.starts_with('/') || target.len() > MAX_TARGET {
            return None;
        }
        let target = target.bytes().map(visible).collect();
        let headers = lines.filter_map(header).take(MAX_HEADERS).collect();
        Some(Self { method, target, headers, body })
    }

    /// Takes a header out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.headers.iter().position(|(found, _)| found == name)?;
        Some(self.headers.remove(at).1)
    }

    /// As it goes over the wire.
    pub fn bytes(&self, host: SocketAddr) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() || self.method != "GET" {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

/// A byte of a target, escaped if it must be.
fn visible(byte: u8) -> String {
    let plain = byte.is_ascii_alphanumeric() || b"/?&=%-._~:,+@!$'()*;".contains(&byte);
    if plain { char::from(byte).to_string() } else { format!("%{byte:02x}") }
}

fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(": ")?;
    let name = name.to_ascii_lowercase();
    let token = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let printable = value.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    (token && printable && !TRAVEL.contains(&name.as_str())).then(|| (name, value.to_owned()))
}
