//! The face of the product: pages, words, styles and scripts of the wallet and the till.
//!
//! A service loads one [`Web`] at start and asks it for two things: the HTML of a page in a person's language
//! ([`Web::wallet`], [`Web::till`], [`Web::error`]) and a static file ([`Web::asset`]). Pages are shells that a
//! script fills through the service's REST API; this crate knows no database, no ledger and no HTTP framework.
//!
//! Beside the pages live the merchant QR codec ([`emvco`], shared with the browser through `vectors/emvco.json`),
//! the picture of a code ([`qr`]) and the security headers that the scripts are built for ([`headers`]).

pub mod assets;
pub mod emvco;
pub mod headers;
mod lang;
mod page;
pub mod qr;
mod text;
pub mod till;
mod view;
pub mod wallet;
mod web;

pub use assets::{Asset, AssetError, installed};
pub use lang::Lang;
pub use page::RenderError;
pub use text::{message, message_with};
pub use till::TillPage;
pub use view::{App, LANG_COOKIE, LARGE_PRINT_COOKIE, View};
pub use wallet::WalletPage;
pub use web::Web;
