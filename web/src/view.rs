//! How one person wants to see a page.

use crate::lang::Lang;

/// Cookie that remembers the language (`ko` or `en`). Written by the page itself; no secret.
pub const LANG_COOKIE: &str = "dure_lang";
/// Cookie that turns large print on (`1`). Written by the page itself; no secret.
pub const LARGE_PRINT_COOKIE: &str = "dure_large";

/// Cookies read from one header: more than any browser sends us, so a hostile header costs nothing.
const MAX_COOKIES: usize = 64;

/// Which of the two products a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum App {
    /// The citizen's wallet.
    Wallet,
    /// The merchant's till.
    Till,
}

/// A person's choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Language of the page.
    pub lang: Lang,
    /// Larger letters throughout.
    pub large_print: bool,
}

impl View {
    /// From the parts of a request: the value of `?lang=`, the whole `Cookie` header, the whole
    /// `Accept-Language` header. Anything unreadable counts as absent.
    pub fn from_request(lang: Option<&str>, cookies: Option<&str>, accept: Option<&str>) -> Self {
        let cookie = |name| cookies.and_then(|header| cookie_value(header, name));
        Self {
            lang: Lang::negotiate(lang, cookie(LANG_COOKIE), accept),
            large_print: cookie(LARGE_PRINT_COOKIE) == Some("1"),
        }
    }
}

fn cookie_value<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header
        .split(';')
        .take(MAX_COOKIES)
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::View;
    use crate::Lang;

    #[test]
    fn a_request_tells_language_and_print() {
        let view = View::from_request(None, Some("a=b; dure_lang=en; dure_large=1"), Some("ko"));
        assert_eq!(view, View { lang: Lang::En, large_print: true });
        assert_eq!(View::from_request(None, Some(";;=;dure_large"), None), View::default());
    }
}
