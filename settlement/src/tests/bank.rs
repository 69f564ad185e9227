//! A bank of a few lines: answers payment files as told, once each, and repeats itself on demand.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

pub struct Bank {
    pub dir: PathBuf,
    /// Payouts to refuse, with the reason.
    pub refuse: std::cell::RefCell<BTreeMap<String, &'static str>>,
    seen: std::cell::RefCell<BTreeSet<String>>,
}

const PAIN: &str = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.12";
const CAMT: &str = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08";

impl Bank {
    pub fn new(dir: PathBuf) -> Self {
        for folder in ["inbox", "outbox"] {
            fs::create_dir_all(dir.join(folder)).unwrap();
        }
        Self { dir, refuse: Default::default(), seen: Default::default() }
    }

    /// Writes a file that is whole for an hour.
    pub fn write(&self, name: &str, text: &str) {
        self.write_fresh(name, text.as_bytes());
        let file = fs::File::options().write(true).open(self.dir.join("outbox").join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(3_600)).unwrap();
    }

    /// Like [`Self::write`], but the bank may not have come to the end of it.
    pub fn write_fresh(&self, name: &str, bytes: &[u8]) {
        fs::write(self.dir.join("outbox").join(name), bytes).unwrap();
    }

    /// Bytes of the payment files that wait.
    pub fn inbox(&self) -> Vec<Vec<u8>> {
        let files = fs::read_dir(self.dir.join("inbox")).unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|path| path.extension().is_some_and(|end| end == "xml"))
            .map(|p| fs::read(p).unwrap())
            .collect()
    }

    /// Answers every payment file that waits and takes it away.
    pub fn work(&self) {
        for bytes in self.inbox() {
            let text = String::from_utf8(bytes).unwrap();
            let id = between(&text, "<MsgId>", "</MsgId>")[0].to_owned();
            fs::remove_file(self.dir.join("inbox").join(format!("{id}.xml"))).unwrap();
            if !self.seen.borrow_mut().insert(id.clone()) {
                self.write(&format!("pain002-{id}-dupl.xml"), &report(&id, "RJCT", &group_reason("DUPL")));
                continue;
            }
            let payouts = between(&text, "<EndToEndId>", "</EndToEndId>");
            let amounts = between(&text, "<InstdAmt Ccy=\"KRW\">", "</InstdAmt>");
            let (mut statuses, mut entries) = (String::new(), String::new());
            for (payout, amount) in payouts.iter().zip(amounts) {
                match self.refuse.borrow().get(*payout) {
                    Some(reason) => statuses += &status(payout, "RJCT", reason),
                    None => {
                        statuses += &status(payout, "ACSC", "");
                        entries += &entry("DBIT", amount, &format!("B-{payout}"), payout, "");
                    }
                }
            }
            let body = format!(
                "<OrgnlPmtInfAndSts><OrgnlPmtInfId>{id}</OrgnlPmtInfId>{statuses}</OrgnlPmtInfAndSts>"
            );
            self.write(&format!("pain002-{id}.xml"), &report(&id, "PART", &body));
            if !entries.is_empty() {
                self.write(&format!("camt054-{id}.xml"), &notification(&entries));
            }
        }
    }

    /// A deposit is booked and notified.
    pub fn deposit(&self, file: &str, reference: &str, won: u64, text: &str) {
        let more = format!("<RmtInf><Ustrd>{text}</Ustrd></RmtInf>");
        self.write(file, &notification(&entry("CRDT", &won.to_string(), reference, reference, &more)));
    }
}

pub fn group_reason(code: &str) -> String {
    format!("<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>")
}

pub fn report(id: &str, group: &str, body: &str) -> String {
    let (reason, body) = if body.starts_with("<StsRsnInf>") { (body, "") } else { ("", body) };
    format!(
        "<Document xmlns=\"{PAIN}\"><CstmrPmtStsRpt><GrpHdr><MsgId>R-{id}</MsgId></GrpHdr><OrgnlGrpInfAndSts>\
         <OrgnlMsgId>{id}</OrgnlMsgId><GrpSts>{group}</GrpSts>{reason}</OrgnlGrpInfAndSts>{body}</CstmrPmtStsRpt></Document>"
    )
}

pub fn status(payout: &str, status: &str, reason: &str) -> String {
    let reason = if reason.is_empty() { String::new() } else { group_reason(reason) };
    format!(
        "<TxInfAndSts><OrgnlEndToEndId>{payout}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}</TxInfAndSts>"
    )
}

pub fn notification(entries: &str) -> String {
    format!(
        "<Document xmlns=\"{CAMT}\"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N</MsgId></GrpHdr><Ntfctn>\
         <Acct><Id><Othr><Id>100-000-000001</Id></Othr></Id></Acct>{entries}</Ntfctn>\
         </BkToCstmrDbtCdtNtfctn></Document>"
    )
}

pub fn entry(direction: &str, won: &str, reference: &str, end_to_end: &str, more: &str) -> String {
    format!(
        "<Ntry><Amt Ccy=\"KRW\">{won}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>2026-11-22</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls>\
         <Refs><EndToEndId>{end_to_end}</EndToEndId></Refs><Amt Ccy=\"KRW\">{won}</Amt>{more}</TxDtls></NtryDtls></Ntry>"
    )
}

pub fn between<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    text.split(from).skip(1).map(|rest| rest.split(to).next().unwrap()).collect()
}
