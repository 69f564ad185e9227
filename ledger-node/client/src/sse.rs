//! Server-sent events: bytes in, events out. Only what a block stream uses: `data` lines joined, comments skipped.

/// Splits a byte stream into the data of its events.
#[derive(Default)]
pub(crate) struct Parser {
    buffer: Vec<u8>,
    /// Where the unread part of the buffer begins.
    read: usize,
    /// How much of the buffer is known to hold no line end: long lines come in many pieces.
    scanned: usize,
    data: Vec<u8>,
}

/// An event is longer than allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Parser {
    /// Takes bytes in; `max` bounds what is held of an unfinished event.
    pub(crate) fn push(&mut self, bytes: &[u8], max: usize) -> Result<(), TooLong> {
        self.buffer.drain(..self.read);
        self.scanned = self.scanned.saturating_sub(self.read);
        self.read = 0;
        if self.buffer.len().saturating_add(self.data.len()).saturating_add(bytes.len()) > max {
            return Err(TooLong);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// The data of the next complete event.
    pub(crate) fn next_event(&mut self) -> Option<Vec<u8>> {
        // Bounded: every turn consumes a line of the buffer.
        loop {
            let from = self.scanned.max(self.read);
            let Some(end) = self.buffer.get(from..)?.iter().position(|byte| *byte == b'\n') else {
                self.scanned = self.buffer.len();
                return None;
            };
            let end = from.saturating_add(end);
            let line = self.buffer.get(self.read..end)?;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.read = end.saturating_add(1);
            if line.is_empty() {
                if !self.data.is_empty() {
                    return Some(std::mem::take(&mut self.data));
                }
            } else if let Some(value) = line.strip_prefix(b"data:") {
                if !self.data.is_empty() {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn events_survive_any_cut() {
        let text =
            b": hello\n\nid: 1\ndata: {\"a\":1}\n\nid: 2\r\ndata: x\r\ndata: y\r\n\r\ndata: unfinished";
        for size in 1..text.len() {
            let mut parser = Parser::default();
            let mut events = Vec::new();
            for chunk in text.chunks(size) {
                parser.push(chunk, 1_000).unwrap();
                while let Some(event) = parser.next_event() {
                    events.push(event);
                }
            }
            assert_eq!(events, [b"{\"a\":1}".to_vec(), b"x\ny".to_vec()], "cut every {size}");
        }
    }

    #[test]
    fn an_endless_event_is_refused() {
        let mut parser = Parser::default();
        assert_eq!(parser.push(&[b'x'; 11], 10), Err(TooLong));
    }
}
