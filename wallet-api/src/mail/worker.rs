//! Sends what is in the outbox: every service's mail, this one process. A mail is tried again with doubling pauses and
//! given up after `outbox::MAX_ATTEMPTS`.

use std::time::Duration;

use dure_db::{Db, DbError, now_ms, outbox};

use super::post::Post;

/// Pause between looks: a code should be in the mailbox within a second.
const PAUSE: Duration = Duration::from_millis(300);
/// Mails a look.
const BATCH: i64 = 20;
/// First pause after a failure, ms; doubles each time.
const FIRST_BACKOFF_MS: i64 = 5_000;
/// Longest pause after a failure, ms.
const MAX_BACKOFF_MS: i64 = 4 * 60 * 60 * 1000;

/// Runs for ever.
pub async fn run(db: &Db, post: &Post) {
    loop {
        if let Err(error) = round(db, post).await {
            tracing::error!(code = error.code(), "the mail outbox cannot be read: {error}");
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Sends what is due; answers how many left.
pub async fn round(db: &Db, post: &Post) -> Result<usize, DbError> {
    let due = db.run::<_, DbError, _>(|c| outbox::due(c, now_ms(), BATCH)).await?;
    let mut sent = 0usize;
    for mail in due {
        let id = mail.id.clone();
        match post.send(&mail).await {
            Ok(()) => {
                sent = sent.saturating_add(1);
                metrics::counter!("wallet_mails_sent_total").increment(1);
                db.run::<_, DbError, _>(move |c| outbox::mark_sent(c, &id, now_ms())).await?;
            }
            Err(error) => {
                metrics::counter!("wallet_mails_failed_total").increment(1);
                tracing::warn!(mail = %id, attempts = mail.attempts, "{error}");
                let next = now_ms().saturating_add(backoff_ms(mail.attempts));
                db.run::<_, DbError, _>(move |c| outbox::mark_failed(c, &id, &error.to_string(), next))
                    .await?;
            }
        }
    }
    Ok(sent)
}

fn backoff_ms(attempts: i32) -> i64 {
    let doublings = u32::try_from(attempts).unwrap_or_default().min(20);
    FIRST_BACKOFF_MS.saturating_mul(2i64.saturating_pow(doublings)).min(MAX_BACKOFF_MS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::config::{Mail, MailTransport};
    use dure_db::testing::both;

    #[test]
    fn pauses_double_and_are_bounded() {
        assert_eq!((backoff_ms(0), backoff_ms(1), backoff_ms(3)), (5_000, 10_000, 40_000));
        assert_eq!(backoff_ms(i32::MAX), MAX_BACKOFF_MS);
    }

    #[test]
    fn a_mail_becomes_one_file() {
        both(|db| async move {
            let dir = tempfile::tempdir().unwrap();
            let post = Post::new(&Mail { dir: dir.path().to_owned(), ..Mail::default() }).unwrap();
            db.run::<_, DbError, _>(|c| outbox::queue(c, "mina@x.kr", "인증번호", "안녕 123456", now_ms()))
                .await
                .unwrap();
            assert_eq!(round(&db, &post).await.unwrap(), 1);
            assert_eq!(round(&db, &post).await.unwrap(), 0);
            let files: Vec<_> = std::fs::read_dir(dir.path()).unwrap().flatten().collect();
            assert_eq!(files.len(), 1);
            let text = std::fs::read_to_string(files[0].path()).unwrap();
            assert!(text.contains("To: mina@x.kr"), "{text}");
        });
    }

    #[test]
    fn a_mail_that_nobody_takes_stays_and_waits() {
        both(|db| async move {
            // Nothing listens on port 1.
            let config = Mail { transport: MailTransport::Smtp, port: 1, ..Mail::default() };
            let post = Post::new(&config).unwrap();
            db.run::<_, DbError, _>(|c| outbox::queue(c, "mina@x.kr", "s", "b", now_ms())).await.unwrap();
            assert_eq!(round(&db, &post).await.unwrap(), 0);
            let now = now_ms();
            assert!(db.run::<_, DbError, _>(move |c| outbox::due(c, now, 9)).await.unwrap().is_empty());
            let later = db.run::<_, DbError, _>(move |c| outbox::due(c, now + 5_000, 9)).await.unwrap();
            assert_eq!(later[0].attempts, 1);
        });
    }
}
