//! The way out: SMTP, or one file a mail.

use std::time::Duration;

use dure_db::outbox::Mail;
use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::authentication::Credentials,
};

use crate::{
    config::{self, MailTransport},
    start::StartError,
};

/// Longest wait for an SMTP server's answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The configured transport.
pub struct Post {
    from: Mailbox,
    way: Way,
}

enum Way {
    File(AsyncFileTransport<Tokio1Executor>),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

/// A mail that did not leave.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The address or text cannot be sent, ever.
    #[error("the mail cannot be written: {0}")]
    Letter(String),
    /// The server or disk did not take it; perhaps later.
    #[error("the mail was not taken: {0}")]
    Transport(String),
}

impl Post {
    /// As configured. Makes the folder of the file transport.
    pub fn new(config: &config::Mail) -> Result<Self, StartError> {
        let wrong = |error: &dyn std::fmt::Display| StartError::Mail(error.to_string());
        let from = config.from.parse().map_err(|error: lettre::address::AddressError| wrong(&error))?;
        type Smtp = AsyncSmtpTransport<Tokio1Executor>;
        let builder = match config.transport {
            MailTransport::File => {
                std::fs::create_dir_all(&config.dir)?;
                return Ok(Self { from, way: Way::File(AsyncFileTransport::new(&config.dir)) });
            }
            MailTransport::Smtp => Smtp::builder_dangerous(&config.host),
            MailTransport::Starttls => Smtp::starttls_relay(&config.host).map_err(|error| wrong(&error))?,
            MailTransport::Tls => Smtp::relay(&config.host).map_err(|error| wrong(&error))?,
        };
        let mut builder = builder.port(config.port).timeout(Some(TIMEOUT));
        if !config.username.is_empty() {
            builder = builder.credentials(Credentials::new(config.username.clone(), config.password.clone()));
        }
        Ok(Self { from, way: Way::Smtp(builder.build()) })
    }

    /// Sends one mail. The Message-ID is the outbox id: a mail that was sent twice shows as one.
    pub async fn send(&self, mail: &Mail) -> Result<(), PostError> {
        let letter = |error: &dyn std::fmt::Display| PostError::Letter(error.to_string());
        let to: Mailbox =
            mail.recipient.parse().map_err(|error: lettre::address::AddressError| letter(&error))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())
            .map_err(|error| letter(&error))?;
        let transport = |error: &dyn std::fmt::Display| PostError::Transport(error.to_string());
        match &self.way {
            Way::File(way) => way.send(message).await.map(drop).map_err(|error| transport(&error)),
            Way::Smtp(way) => way.send(message).await.map(drop).map_err(|error| transport(&error)),
        }
    }
}
