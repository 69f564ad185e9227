//! Writes every page in every language into a folder, to look at them without a running service:
//! `cargo run -p dure-web --example pages -- /tmp/pages`.

use std::{error::Error, fs, path::PathBuf};

use dure_web::{App, Lang, TillPage, View, WalletPage, Web};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: pages <folder>")?);
    let web = Web::load(None)?.with_place("새별시", "Sebyeol");
    for lang in Lang::ALL {
        for large_print in [false, true] {
            let view = View { lang, large_print };
            let out = folder.join(format!("{}{}", lang.code(), if large_print { "-large" } else { "" }));
            fs::create_dir_all(&out)?;
            for page in WalletPage::ALL {
                let name = format!("wallet-{page:?}.html").to_lowercase();
                fs::write(out.join(name), web.wallet(*page, &view)?)?;
            }
            for page in TillPage::ALL {
                let name = format!("till-{page:?}.html").to_lowercase();
                fs::write(out.join(name), web.till(*page, &view)?)?;
            }
            fs::write(out.join("not-found.html"), web.not_found(App::Wallet, &view)?)?;
        }
    }
    Ok(())
}
