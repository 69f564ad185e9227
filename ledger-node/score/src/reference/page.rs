//! The page: the tables as Markdown, Korean first, English beside it. Deterministic, so that a stale page is found by
//! comparing bytes.

use std::fmt::Write;

use super::{
    ADMISSION, ANYWHERE, CASHBACK, EFFECTS, LIMITS, RECORDS, REFUND_ORDER, SPEND_ORDER, calls, may_answer,
    shape::{CallReference, Check, Consent, Duty, Text},
};
use crate::{Lang, Refusal, codec};

/// The whole of `docs/contract.md`.
pub fn contract() -> String {
    let mut out = String::from(HEAD);
    out.push_str(&contents());
    section(&mut out, "admission", "1. 모든 거래가 먼저 거치는 검사", "What every transaction passes first");
    out.push_str(ADMISSION_NOTE);
    checks(&mut out, ADMISSION);
    out.push_str(ANYWHERE_NOTE);
    checks(&mut out, ANYWHERE);
    section(&mut out, "order", "2. 사용, 환불, 캐시백의 순서", "Orders of spending, refunds, cashback");
    numbered(&mut out, "사용 순서", "Spend order", SPEND_ORDER);
    numbered(&mut out, "환불 순서", "Refunds", REFUND_ORDER);
    numbered(&mut out, "캐시백", "Cashback", CASHBACK);
    section(&mut out, "calls", "3. 호출", "Calls");
    calls().into_iter().for_each(|entry| one_call(&mut out, entry));
    section(&mut out, "refusals", "4. 거절", "Refusals");
    refusals(&mut out);
    section(&mut out, "effects", "5. 영수증의 효과", "Effects in a receipt");
    effects(&mut out);
    section(&mut out, "limits", "6. 한도", "Bounds");
    limits(&mut out);
    section(&mut out, "records", "7. 원장의 기록", "Records");
    records(&mut out);
    section(&mut out, "bytes", "8. 서명하고 해시하는 바이트", "Bytes that are signed or hashed");
    out.push_str(BYTES);
    out
}

const HEAD: &str = "\
<!-- Made by `make contract` from ledger-node/score/src/reference. Do not edit. -->

# 계약 · The contract

이 문서는 원장의 규칙 전부이며, 계약의 코드와 같은 표에서 만들어진다. 한국어가 먼저이고 영어가 뒤따른다. 모든 노드는 모든
거래에 같은 규칙을 적용한다.

These are all the rules of the ledger, made from tables that stand beside the contract's code and are tested against it.
Every node applies the same rules to every transaction.

- **검사는 적힌 순서대로** 이루어지고, 처음으로 맞지 않는 것이 답이다. *Checks run in the order written; the first that fails is the
  answer.*
- **거절된 거래는 아무것도 바꾸지 않는다.** 처음 검사(1장)에서 거절되면 흔적이 없고, 호출의 검사에서 거절되면 거래 번호만 쓰인다.
  *A refused transaction changes nothing; refused by its own call, it has used up its number.*
- **금액**은 원 단위의 정수이다. 원 미만은 적힌 대로 버리거나 올린다. *Amounts are whole won; what is rounded says so.*
- **시각**은 블록에 적힌, 검증자들이 합의한 시각이다. *Time is block time, agreed by the validators.*
- **정족수**: 기관이 정한 수의 서로 다른 담당자가 각자 서명한다. *Quorum: as many different officers of the institution as it has
  set, each with an own signature.*
- **로트**는 출처가 같은 금액의 묶음이다. 잔액은 로트의 합이며, 로트는 취득 시각, 액면, 지불액, 기한을 잃지 않는다. *A lot is coin of one
  origin; a balance is a sum of lots, and a lot never loses its date, face, price or expiry.*
";

const ADMISSION_NOTE: &str = "\
여기서 거절되면 흔적이 남지 않는다. *A refusal here leaves no trace.*

";
const ANYWHERE_NOTE: &str = "\n호출이 실행되는 동안에는: *While a call runs:*\n\n";

const BYTES: &str = "\
모든 구조의 정확한 모양은 CDDL(RFC 8610)로 적혀 있다. *The exact shape of every structure is written in CDDL (RFC 8610).*

| 무엇 | What | CDDL |
|---|---|---|
| 거래, 호출, 일회용 승인, 영수증, 거절, 효과, 최초 블록, 기록 | transactions, calls, mandates, receipts, refusals, effects, genesis, records | \
[score.cddl](../ledger-node/score/score.cddl) |
| 블록 머리, 확정 인증서, 증명 | block headers, finalization certificates, proofs | [proof.cddl](../ledger-node/score/proof.cddl) |
| 스냅샷, 백업 | snapshots, backups | [archive.cddl](../ledger-node/score/archive.cddl) |

인코딩은 결정적 CBOR(RFC 8949 4.2)이며, 같은 값의 다른 형태는 거절된다. 서명은 Ed25519(ZIP 215 규칙), 해시는 SHA-256이다. *The encoding
is deterministic CBOR (RFC 8949 section 4.2); any other form of a value is refused. Signatures are Ed25519 by the rule of ZIP
215, hashes SHA-256.*
";

fn contents() -> String {
    let mut out = String::from("\n| 호출 Call | | 서명 Signed by |\n|---|---|---|\n");
    for entry in calls() {
        let consent = match entry.consent {
            Consent::One => "",
            Consent::Quorum => " · 정족수 quorum",
            Consent::QuorumForOfficers => " · 담당자의 키는 정족수 quorum for officers' keys",
        };
        row(
            &mut out,
            &[
                &format!("[`{}`](#{})", entry.name, anchor(entry.name)),
                &format!("{} {}", entry.purpose.ko, entry.purpose.en),
                &format!("{}{consent}", entry.duty.map_or("회원 member", duty)),
            ],
        );
    }
    out
}

fn section(out: &mut String, id: &str, ko: &str, en: &str) {
    line(out, &format!("\n<a id=\"{id}\"></a>\n\n## {ko} · {en}\n"));
}

fn one_call(out: &mut String, entry: &CallReference) {
    line(out, &format!("<a id=\"{}\"></a>\n\n### {}. `{}`\n", anchor(entry.name), entry.number, entry.name));
    line(out, &format!("{}\n*{}*\n", entry.purpose.ko, entry.purpose.en));
    line(out, &format!("- **서명** {} · *Signed by {}*", entry.signer.ko, entry.signer.en));
    if let Some(asked) = entry.duty {
        line(out, &format!("- **직무** {} *duty*", duty(asked)));
    }
    match entry.consent {
        Consent::One => {}
        Consent::Quorum => line(
            out,
            "- **정족수** 필요. 정족수가 1이면 직접, 아니면 제안과 승인으로. *by quorum: directly if it is 1, else proposed and approved*",
        ),
        Consent::QuorumForOfficers => {
            line(out, "- **정족수** 기관 담당자의 키에만 필요 *by quorum for officers' keys alone*")
        }
    }
    out.push('\n');
    checks(out, entry.checks);
    line(out, "\n**바뀌는 것** *What changes*\n");
    for change in entry.changes {
        line(out, &format!("- {} *{}*", change.ko, change.en));
    }
    let said: Vec<_> = entry.effects.iter().map(|name| format!("`{name}`")).collect();
    line(out, &format!("\n**영수증** *Receipt*: {}  ", said.join(", ")));
    line(
        out,
        &format!(
            "**바이트** *Bytes*: `call = [{}, …]`, [score.cddl](../ledger-node/score/score.cddl)\n",
            entry.number
        ),
    );
}

fn checks(out: &mut String, checks: &[Check]) {
    line(out, "| | 검사 | Check | 아니면 Else |\n|---|---|---|---|");
    for (place, check) in (1..).zip(checks) {
        let code = format!("[`{0}`](#{1})", check.code, anchor(check.code));
        row(out, &[&format!("{place}"), check.rule.ko, check.rule.en, &code]);
    }
}

fn numbered(out: &mut String, ko: &str, en: &str, steps: &[Text]) {
    line(out, &format!("**{ko}** *{en}*\n"));
    for (place, step) in (1..).zip(steps) {
        line(out, &format!("{place}. {} *{}*", step.ko, step.en));
    }
    out.push('\n');
}

fn refusals(out: &mut String) {
    line(
        out,
        "| | 코드 Code | 문장 | Sentence | 함께 오는 값 Inputs | 누가 Where |\n|---|---|---|---|---|---|",
    );
    for refusal in Refusal::all() {
        let code = refusal.code();
        let inputs: Vec<_> = refusal.inputs().iter().map(|(name, _)| format!("`{name}`")).collect();
        row(
            out,
            &[
                &number(&refusal).map_or(String::new(), |number| number.to_string()),
                &format!("<a id=\"{}\"></a>`{code}`", anchor(code)),
                refusal.sentence(Lang::Ko),
                refusal.sentence(Lang::En),
                &inputs.join(" "),
                &places(code),
            ],
        );
    }
}

/// The variant number of a refusal: the first item of its canonical bytes.
fn number(refusal: &Refusal) -> Option<u32> {
    let bytes = codec::encode(refusal);
    let mut decoder = minicbor::Decoder::new(&bytes);
    decoder.array().ok()?;
    decoder.u32().ok()
}

/// Where a refusal may come from.
fn places(code: &str) -> String {
    let lists = |checks: &[Check]| checks.iter().any(|check| check.code == code);
    let mut out = Vec::new();
    if lists(ADMISSION) {
        out.push("[모든 거래 all](#admission)".to_owned());
    }
    if lists(ANYWHERE) {
        out.push("[모든 호출 any call](#admission)".to_owned());
    }
    let own = calls().into_iter().filter(|entry| lists(entry.checks));
    out.extend(own.map(|entry| format!("[{}](#{})", entry.name, anchor(entry.name))));
    debug_assert!(calls().iter().any(|entry| may_answer(entry.name, code)), "{code} is nobody's answer");
    out.join(", ")
}

fn effects(out: &mut String) {
    line(out, "| | 효과 Effect | | |\n|---|---|---|---|");
    for effect in EFFECTS {
        row(
            out,
            &[&effect.number.to_string(), &format!("`{}`", effect.name), effect.says.ko, effect.says.en],
        );
    }
}

fn limits(out: &mut String) {
    line(out, "| 이름 Name | 값 Value | | |\n|---|---:|---|---|");
    for limit in LIMITS {
        row(out, &[&format!("`{}`", limit.name), &grouped(limit.value), limit.says.ko, limit.says.en]);
    }
}

fn records(out: &mut String) {
    line(out, "| 열쇠 Key | 기록 Record | | |\n|---|---|---|---|");
    for record in RECORDS {
        row(
            out,
            &[
                &format!("`{}`", record.letter),
                &format!("`{}`", record.name),
                record.holds.ko,
                record.holds.en,
            ],
        );
    }
}

const fn duty(duty: Duty) -> &'static str {
    match duty {
        Duty::Bank => "은행 bank",
        Duty::Funder => "재원 funder",
        Duty::Registrar => "등록 registrar",
        Duty::Operator => "운영 operator",
        Duty::Any => "호출에 따라 as the call says",
    }
}

/// `token.pay` → `token-pay`, `NOT_ALLOWED` → `not-allowed`.
fn anchor(name: &str) -> String {
    name.to_lowercase().replace(['.', '_'], "-")
}

/// Digits in groups of three.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn row(out: &mut String, cells: &[&str]) {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    line(out, &format!("| {} |", cells.join(" | ")));
}

fn line(out: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}
