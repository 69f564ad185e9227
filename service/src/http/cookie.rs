//! A session's cookie: `HttpOnly`, `SameSite=Strict`, of this host alone.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};

/// Digits of a session's token; another one is not even looked up.
const TOKEN_DIGITS: usize = 64;

/// The cookie of one kind of session.
#[derive(Clone, Copy, Debug)]
pub struct SessionCookie {
    /// Its name, and with the prefix `__Host-`, which makes browsers insist on `Secure`, no `Domain` and the root path.
    pub names: [&'static str; 2],
    /// How long it lives, ms; `None` for as long as the browser.
    pub life_ms: Option<i64>,
    /// Without `Secure`: plain HTTP on one machine.
    pub insecure: bool,
}

impl SessionCookie {
    const fn name(&self) -> &'static str {
        let [plain, secure] = self.names;
        if self.insecure { plain } else { secure }
    }

    /// The cookie that carries `token`.
    pub fn carry(&self, token: String) -> Cookie<'static> {
        let mut cookie = Cookie::build(self.name(), token)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(!self.insecure)
            .finish();
        cookie.set_max_age(self.life_ms.map(Duration::milliseconds));
        cookie
    }

    /// The cookie that makes a browser forget.
    pub fn forget(&self) -> Cookie<'static> {
        let mut cookie = self.carry(String::new());
        cookie.make_removal();
        cookie
    }

    /// The token that a request carries, if it can be one.
    pub fn token(&self, request: &HttpRequest) -> Option<String> {
        let token = request.cookie(self.name())?.value().to_owned();
        (token.len() == TOKEN_DIGITS).then_some(token)
    }
}
