//! The merchant's pages.

use askama::Template;

use crate::page::{Page, RenderError};

macro_rules! pages {
    ($($(#[$doc:meta])* $page:ident $name:literal $title:literal $template:literal)*) => {
        /// A page of the till, with the path at which a service mounts it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum TillPage { $($(#[$doc])* $page,)* }

        $(#[derive(Template)]
        #[template(path = $template)]
        struct $page<'a> { p: &'a Page<'a> })*

        impl TillPage {
            /// Every page.
            pub const ALL: &'static [Self] = &[$(Self::$page,)*];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$page => $name,)* }
            }
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$page => $title,)* }
            }
            pub(crate) fn render(self, p: &Page<'_>) -> Result<String, RenderError> {
                Ok(match self { $(Self::$page => $page { p }.render()?,)* })
            }
        }
    };
}

pages! {
    /// `/` and `/sale`: the amount of the next sale, then its code, then *paid*.
    Sale "sale" "sale-title" "till/sale.html"
    /// `/enrol`: make this tablet or phone a till of the shop.
    Enrol "enrol" "till-enrol-title" "till/enrol.html"
    /// `/today`: today's sales and their totals.
    Today "today" "today-title" "till/today.html"
    /// `/refund/{order}`: give back all or a part.
    Refund "refund" "refund-title" "till/refund.html"
    /// `/sticker`: the shop's own code, to print.
    Sticker "sticker" "sticker-title" "till/sticker.html"
    /// `/device`: this till, language, letters, leaving.
    Device "device" "device-title" "till/device.html"
}
