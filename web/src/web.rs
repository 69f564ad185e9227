//! The one object that a service holds.

use std::path::Path;

use crate::{
    assets::{Asset, AssetError, Assets},
    page::{CityName, Page, RenderError},
    till::TillPage,
    view::{App, View},
    wallet::{self, WalletPage},
};

/// Pages and static files. Cheap to share behind an `Arc`; never changes after loading.
#[derive(Debug, Default)]
pub struct Web {
    assets: Assets,
    place: CityName,
}

impl Web {
    /// Reads the built files: from `dir`, else from the folder named by `DURE_WEB_DIST`, else from where the package put them,
    /// else from `web/dist` of the sources. Fails with a sentence that says what to run.
    pub fn load(dir: Option<&Path>) -> Result<Self, AssetError> {
        let assets = Assets::load(&Assets::directory(dir))?;
        Ok(Self { assets, place: CityName::default() })
    }

    /// Pages without static files, for tests of a service's routes.
    pub fn without_assets() -> Self {
        Self::default()
    }

    /// Names the city or campus.
    #[must_use]
    pub fn with_place(mut self, ko: &str, en: &str) -> Self {
        self.place = CityName { ko: ko.to_owned(), en: en.to_owned() };
        self
    }

    /// The file behind `/static/{path}`; `None` for any other path.
    pub fn asset(&self, path: &str) -> Option<&Asset> {
        self.assets.get(path)
    }

    /// HTML of a wallet page.
    pub fn wallet(&self, page: WalletPage, view: &View) -> Result<String, RenderError> {
        page.render(&self.page(App::Wallet, page.name(), page.title(), view))
    }

    /// HTML of a till page.
    pub fn till(&self, page: TillPage, view: &View) -> Result<String, RenderError> {
        page.render(&self.page(App::Till, page.name(), page.title(), view))
    }

    /// HTML for a person who came to an address that is not there.
    pub fn not_found(&self, app: App, view: &View) -> Result<String, RenderError> {
        wallet::render_not_found(&self.page(app, "not-found", "not-found-title", view))
    }

    fn page(&self, app: App, name: &'static str, title: &'static str, view: &View) -> Page<'_> {
        Page { assets: &self.assets, place: &self.place, view: *view, app, name, title }
    }
}
