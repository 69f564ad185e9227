//! The languages that people can choose: Korean first, English second.

use unic_langid::{LanguageIdentifier, langid};

/// Korean is what everybody gets who has not asked for something else.
static KO: LanguageIdentifier = langid!("ko");
static EN: LanguageIdentifier = langid!("en");

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Korean, the default.
    #[default]
    Ko,
    /// English.
    En,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Ko, Self::En];

    /// The BCP 47 code: `ko` or `en`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    /// From a code such as `ko`, `ko-KR` or `en_US`; `None` for a language that we do not speak.
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.trim().split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "ko" => Some(Self::Ko),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The first of: an explicit `?lang=`, the cookie, the browser's `Accept-Language`; else Korean.
    pub fn negotiate(query: Option<&str>, cookie: Option<&str>, accept: Option<&str>) -> Self {
        query
            .and_then(Self::from_code)
            .or_else(|| cookie.and_then(Self::from_code))
            .or_else(|| accept.and_then(Self::from_accept))
            .unwrap_or_default()
    }

    /// Browsers list languages by preference already, so the first one that we speak wins. At most 16 are read:
    /// no browser sends more.
    fn from_accept(header: &str) -> Option<Self> {
        header.split(',').take(16).filter_map(|item| item.split(';').next()).find_map(Self::from_code)
    }

    pub(crate) fn id(self) -> &'static LanguageIdentifier {
        match self {
            Self::Ko => &KO,
            Self::En => &EN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn the_explicit_choice_wins_then_the_cookie_then_the_browser() {
        assert_eq!(Lang::negotiate(Some("en"), Some("ko"), Some("ko")), Lang::En);
        assert_eq!(Lang::negotiate(Some("xx"), Some("en"), Some("ko")), Lang::En);
        assert_eq!(Lang::negotiate(None, None, Some("fr-FR, en-GB;q=0.8, ko;q=0.5")), Lang::En);
        assert_eq!(Lang::negotiate(None, None, Some("fr")), Lang::Ko);
        assert_eq!(Lang::negotiate(None, None, None), Lang::Ko);
    }
}
