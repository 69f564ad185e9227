//! Files that are not payment messages: answered where there is somebody to answer, put aside otherwise.

use crate::support::{desk, message, texts};

const CAFE: &str = "110-222-333333";

#[test]
fn a_file_with_a_message_id_is_answered_ff01() {
    let good = message("M1", &[("E1", CAFE, 1_000)]).xml();
    let long_id = "E".repeat(36);
    for (what, bad) in [
        ("cut short", good[..good.len() - 40].to_owned()),
        ("element not closed", good.replace("</Cdtr>", "")),
        ("no transfers", good.replace("CdtTrfTxInf", "Other")),
        ("id too long", good.replace("<EndToEndId>E1<", &format!("<EndToEndId>{long_id}<"))),
        ("no amount", good.replace("InstdAmt", "EqvtAmt")),
        ("no currency", good.replace(" Ccy=\"KRW\"", "")),
        ("uuid in capitals", good.replace("6ba7b810", "6BA7B810")),
        ("method", good.replace(">TRF<", ">CHK<")),
        ("date", good.replace("<Dt>2026-11-22<", "<Dt>2026-11-32<")),
        ("two ids", good.replace("</MsgId>", "</MsgId><MsgId>M2</MsgId>")),
        ("count", good.replace("<NbOfTxs>1<", "<NbOfTxs>one<")),
        ("foreign element", good.replace("<RmtInf>", "<RmtInf xmlns=\"urn:other\">")),
        ("second root", format!("{good}<Document/>")),
        ("text between", good.replace("<PmtInf>", "<PmtInf>text")),
        ("entity", good.replace("Payout", "&payout;")),
        ("control character", good.replace("Payout", "&#7;")),
    ] {
        let desk = desk(10_000);
        desk.send("a.xml", &bad);
        assert!(desk.exists("outbox/pain002-M1.xml"), "{what}: {:?}", desk.bank().book().received);
        let report = desk.read("outbox/pain002-M1.xml");
        assert_eq!(texts(&report, "GrpSts"), ["RJCT"], "{what}");
        assert!(report.contains("<Rsn><Cd>FF01</Cd></Rsn>"), "{what}: {report}");
        assert_eq!(desk.collection(), 10_000, "{what}");
        assert!(desk.exists("archive/a.xml"), "{what}");
    }
}

#[test]
fn a_file_without_a_message_id_is_put_aside_with_the_reason() {
    let good = message("M1", &[("E1", CAFE, 1_000)]).xml();
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("empty", Vec::new(), "ends too early"),
        ("not XML", b"PK\x03\x04 zip".to_vec(), "XML"),
        ("not UTF-8", vec![0xff, 0xfe, b'<'], "not UTF-8"),
        ("old version", good.replace("001.09", "001.03").into_bytes(), "not of pain.001.001.09"),
        (
            "document type",
            good.replace("<Document ", "<!DOCTYPE a [<!ENTITY b \"c\">]><Document ").into_bytes(),
            "document type",
        ),
        ("id with Hangul", good.replace(">M1<", ">두레<").into_bytes(), "GrpHdr/MsgId is not valid"),
        ("too deep", "<a>".repeat(100_000).into_bytes(), "not of"),
        ("too large", vec![b' '; 21 * 1024 * 1024], "longer than 20 MiB"),
    ];
    for (what, bytes, reason) in cases {
        let desk = desk(10_000);
        desk.send("a.xml", bytes);
        assert_eq!(desk.outbox(), ["camt054-000001.xml"], "{what}");
        assert!(desk.exists("archive/rejected/a.xml"), "{what}");
        let note = desk.read("archive/rejected/a.xml.reason");
        assert!(note.contains(reason), "{what}: {note}");
        assert_eq!(desk.collection(), 10_000, "{what}");
    }
}

#[test]
fn ids_that_do_not_suit_file_names_stay_in_the_outbox() {
    let desk = desk(10_000);
    desk.send("a.xml", message("../../x", &[("E1", CAFE, 1)]).xml());
    desk.send("b.xml", message("000001", &[("E2", CAFE, 1)]).xml());
    assert_eq!(
        desk.outbox(),
        [
            "camt054-%2E%2E%2F%2E%2E%2Fx.xml",
            "camt054-%3000001.xml",
            "camt054-000001.xml",
            "pain002-%2E%2E%2F%2E%2E%2Fx.xml",
            "pain002-%3000001.xml",
        ]
    );
}

#[test]
fn drafts_folders_and_other_files_are_passed_over() {
    let desk = desk(0);
    std::fs::write(desk.path("inbox/.draft.xml"), "x").unwrap();
    std::fs::write(desk.path("inbox/notes.txt"), "x").unwrap();
    std::fs::create_dir(desk.path("inbox/folder.xml")).unwrap();
    assert_eq!(desk.bank().sweep().unwrap(), 0);
}
