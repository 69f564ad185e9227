//! Reading the file outbox: mail that the product "sent", as `.eml` files.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::error::DureError;

/// How long a mail may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);
/// Pause between two looks.
const POLL: Duration = Duration::from_millis(50);

/// Waits for the newest mail to `recipient` after `since` that holds a six-digit code, and returns the code.
pub async fn code(folder: &Path, recipient: &str, since: SystemTime) -> Result<String, DureError> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let newest = mails(folder, recipient)?.into_iter().filter(|(time, _)| *time >= since).max();
        if let Some(code) = newest.and_then(|(_, text)| six_digits(&text)) {
            return Ok(code);
        }
        tokio::time::sleep(POLL).await;
    }
    Err(DureError::Late { what: format!("a mail with a code to {recipient}"), seconds: PATIENCE.as_secs() })
}

/// Mails to `recipient`: when written, and the readable text.
pub fn mails(folder: &Path, recipient: &str) -> Result<Vec<(SystemTime, String)>, DureError> {
    let failed = |source| DureError::io("read", folder, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_none_or(|extension| extension != "eml") {
            continue;
        }
        let written = fs::metadata(&path).and_then(|data| data.modified()).map_err(failed)?;
        let mail = String::from_utf8_lossy(&fs::read(&path).map_err(failed)?).into_owned();
        let (head, body) =
            mail.split_once("\r\n\r\n").or_else(|| mail.split_once("\n\n")).unwrap_or((&mail, ""));
        let addressed = head.lines().any(|line| line.starts_with("To:") && line.contains(recipient));
        if addressed {
            found.push((written, readable(head, body)));
        }
    }
    Ok(found)
}

/// Undoes the transfer encoding of a single-part mail, as far as digits and words need it.
fn readable(head: &str, body: &str) -> String {
    let head = head.to_ascii_lowercase();
    if head.contains("content-transfer-encoding: base64") {
        let packed: String = body.split_whitespace().collect();
        STANDARD.decode(packed).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    } else if head.contains("quoted-printable") {
        body.replace("=\r\n", "").replace("=\n", "")
    } else {
        body.to_owned()
    }
}

/// The first run of exactly six digits.
fn six_digits(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn finds_the_code_in_every_encoding() {
        for (encoding, body) in [
            ("7bit", "Your code: 271828. Order 1234567.".to_owned()),
            ("quoted-printable", "=ED=99=95=EC=9D=B8 271=\r\n828 =EC=9E".to_owned()),
            ("base64", STANDARD.encode("인증번호 271828")),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let mail =
                format!("To: mina@sebyeol.example\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}");
            fs::write(folder.path().join("1.eml"), mail).unwrap();
            let found = mails(folder.path(), "mina@sebyeol.example").unwrap();
            assert_eq!(six_digits(&found.first().unwrap().1).unwrap(), "271828", "{encoding}");
            assert!(mails(folder.path(), "joon@sebyeol.example").unwrap().is_empty());
        }
    }
}
