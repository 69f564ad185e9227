//! The citizen's pages.

use askama::Template;

use crate::page::{Page, RenderError};

macro_rules! pages {
    ($($(#[$doc:meta])* $page:ident $name:literal $title:literal $template:literal)*) => {
        /// A page of the wallet, with the path at which a service mounts it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum WalletPage { $($(#[$doc])* $page,)* }

        $(#[derive(Template)]
        #[template(path = $template)]
        struct $page<'a> { p: &'a Page<'a> })*

        impl WalletPage {
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
    /// `/`: balance, vouchers, what to do next.
    Home "home" "home-title" "wallet/home.html"
    /// `/enrol`: a new person or a new device.
    Enrol "enrol" "enrol-title" "wallet/enrol.html"
    /// `/lost`: a phone is gone; the account stops by a mailed code.
    Lost "lost" "lost-title" "wallet/lost.html"
    /// `/pay`: scan, look, confirm.
    Pay "pay" "pay-title" "wallet/pay.html"
    /// `/code`: a code that a till scans, prepared before and good for three minutes.
    Code "code" "code-title" "wallet/code.html"
    /// `/send`: to whom, how much, confirm.
    Send "send" "send-title" "wallet/send.html"
    /// `/charge`: where to transfer won, and what it earns.
    Charge "charge" "charge-title" "wallet/charge.html"
    /// `/history`: everything that came and went.
    History "history" "history-title" "wallet/history.html"
    /// `/receipt/{tx}`: one transaction.
    Receipt "receipt" "receipt-title" "wallet/receipt.html"
    /// `/trust`: how a phone trusts a service whose certificate was made on its own machine.
    Trust "trust" "trust-title" "wallet/trust.html"
    /// `/kit`: every component in every state, for those who build pages.
    Components "components" "kit-title" "wallet/components.html"
    /// `/move`: a new phone that waits at the counter.
    Move "move" "move-title" "wallet/move.html"
    /// `/counter`: officers help people who have lost theirs.
    Counter "counter" "counter-title" "wallet/counter.html"
    /// `/me`: this device, language, letters, leaving.
    Me "me" "me-title" "wallet/me.html"
}

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFound<'a> {
    p: &'a Page<'a>,
}

pub(crate) fn render_not_found(p: &Page<'_>) -> Result<String, RenderError> {
    Ok(NotFound { p }.render()?)
}
