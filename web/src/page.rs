//! What every template has at hand.

use crate::{
    assets::Assets,
    lang::Lang,
    text,
    view::{App, View},
};

/// The city or campus, as it is named in the header of every page. Empty: the product's name alone.
#[derive(Debug, Default)]
pub(crate) struct CityName {
    pub(crate) ko: String,
    pub(crate) en: String,
}

/// A page could not be rendered; a fault of ours, never of the request.
#[derive(Debug, thiserror::Error)]
#[error("page could not be rendered: {0}")]
pub struct RenderError(#[from] askama::Error);

impl RenderError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        "PAGE_RENDER"
    }
}

/// Words, addresses and choices for one rendering.
pub(crate) struct Page<'a> {
    pub(crate) assets: &'a Assets,
    pub(crate) place: &'a CityName,
    pub(crate) view: View,
    pub(crate) app: App,
    /// Name of the page; the script starts the part of the same name.
    pub(crate) name: &'static str,
    /// Key of the title.
    pub(crate) title: &'static str,
}

impl Page<'_> {
    /// A message.
    pub(crate) fn t(&self, key: &str) -> String {
        text::message(self.view.lang, key)
    }
    /// The address of a static file.
    pub(crate) fn asset(&self, name: &str) -> String {
        self.assets.url(name)
    }
    pub(crate) fn lang(&self) -> &'static str {
        self.view.lang.code()
    }
    pub(crate) fn place(&self) -> &str {
        match self.view.lang {
            Lang::Ko => &self.place.ko,
            Lang::En => &self.place.en,
        }
    }
    pub(crate) fn is_till(&self) -> bool {
        self.app == App::Till
    }
    pub(crate) const fn app_name(&self) -> &'static str {
        match self.app {
            App::Wallet => "wallet",
            App::Till => "till",
        }
    }
    pub(crate) fn title(&self) -> String {
        self.t(self.title)
    }
    /// Classes of the root element.
    pub(crate) const fn print(&self) -> &'static str {
        if self.view.large_print { "large" } else { "" }
    }
    /// `aria-current` for a link to `name`.
    pub(crate) fn current(&self, name: &str) -> &'static str {
        if self.name == name { "page" } else { "false" }
    }
    /// The catalogue for the script, already safe as JSON inside HTML.
    pub(crate) fn catalogue(&self) -> &'static str {
        text::catalogue(self.view.lang)
    }
}
