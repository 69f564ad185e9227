//! Members, devices, accounts.

use super::{
    shape::{CallReference, Consent, Duty, check, text},
    shared::{ALONE, KEY, KEY_NEW, MEMBER_KNOWN, POSSESSION, REGISTRAR, SIGNER_ACTIVE},
};

pub(super) const CALLS: &[CallReference] = &[
    CallReference {
        name: "member.register",
        number: 0,
        purpose: text("개인 회원이나 가맹점을 원장에 올린다.", "Enters a citizen or a merchant."),
        signer: text("등록 기관의 담당자 한 사람", "one officer of a registrar"),
        duty: Some(Duty::Registrar),
        consent: Consent::One,
        checks: &[
            REGISTRAR,
            check(
                "MEMBER_EXISTS",
                "회원 번호(BID)는 다른 회원이나 기관의 것이 아니다.",
                "The id (BID) belongs to no other member or institution.",
            ),
        ],
        changes: &[text(
            "회원이 정상 상태로 생긴다. 원장에는 이름, 전화번호 등 개인 정보가 없다.",
            "The member exists and is active. The ledger holds no name, number or other personal data.",
        )],
        effects: &["member_registered"],
        executes: false,
    },
    CallReference {
        name: "certificate.issue",
        number: 1,
        purpose: text("기기의 키를 인증한다.", "Certifies a device's key."),
        signer: text(
            "등록 기관의 담당자, 또는 자기 가게의 직원과 단말기에 대해서는 가맹점 본인 기기. 기관 담당자의 키는 그 기관의 정족수로만.",
            "a registrar's officer; or a merchant's own device, for staff and tills of that shop. An officer's key comes by quorum of the institution alone",
        ),
        duty: Some(Duty::Any),
        consent: Consent::QuorumForOfficers,
        checks: &[
            check("UNKNOWN_MEMBER", "기기의 소유자가 원장에 있다.", "The device's owner is on the ledger."),
            check(
                "MEMBER_NOT_ACTIVE",
                "소유자의 계정이 정지되거나 해지되지 않았다.",
                "The owner's account is neither frozen nor closed.",
            ),
            check(
                "NOT_ALLOWED",
                "서명자에게 권한이 있다. 정족수로 담당자를 인증하는 경우, 소유자는 제안한 기관 자신이다.",
                "The signer may. By quorum, for an officer: the owner is the proposing institution itself.",
            ),
            check(
                "ROLE_MISMATCH",
                "역할이 소유자에게 맞는다: 개인 회원은 본인(holder), 가맹점은 본인, 직원(staff), 단말기(terminal). 담당자(officer)는 정족수로만.",
                "The role fits the owner: citizen – holder; merchant – holder, staff, terminal. Officer by quorum alone.",
            ),
            KEY,
            POSSESSION,
            KEY_NEW,
            check(
                "TOO_MANY_DEVICES",
                "만료되지 않은 기기가 개인 회원은 5대, 가맹점과 기관은 64대를 넘지 않게 된다.",
                "The owner ends with at most 5 living devices (citizen) or 64 (merchant, institution).",
            ),
        ],
        changes: &[text(
            "인증서가 생기고 3년 동안 유효하다. 담당자의 인증서는 만료되지 않는다.",
            "The certificate exists and is valid for three years; an officer's does not run out.",
        )],
        effects: &["certificate_issued"],
        executes: false,
    },
    CallReference {
        name: "certificate.revoke",
        number: 2,
        purpose: text("기기 인증서를 끝낸다.", "Ends a device's certificate."),
        signer: text(
            "등록 기관의 담당자, 또는 같은 소유자의 본인 기기. 담당자의 인증서는 그 기관의 정족수로.",
            "a registrar's officer, or the owner with an own device. An officer's certificate: by quorum of the institution",
        ),
        duty: Some(Duty::Any),
        consent: Consent::QuorumForOfficers,
        checks: &[
            check("UNKNOWN_CERTIFICATE", "그 인증서가 원장에 있다.", "The certificate is on the ledger."),
            check(
                "NOT_ALLOWED",
                "서명자에게 권한이 있다. 담당자의 인증서는 자기 기관의 것이어야 하며, 기관의 정족수가 1이면 직접, 아니면 제안으로.",
                "The signer may. An officer's certificate is one of the own institution: directly if its quorum is 1, else by proposal.",
            ),
            check("REVOKED_CERTIFICATE", "아직 정지되지 않았다.", "It has not been revoked."),
            check(
                "QUORUM_UNREACHABLE",
                "담당자의 인증서인 경우, 남은 담당자의 수가 기관의 정족수 이상이다.",
                "An officer's certificate: the officers that remain are at least as many as the quorum.",
            ),
        ],
        changes: &[text("인증서가 즉시, 영구히 정지된다.", "The certificate is void at once and for good.")],
        effects: &["certificate_revoked"],
        executes: false,
    },
    CallReference {
        name: "certificate.renew",
        number: 18,
        purpose: text("서명한 기기의 기한을 3년 늘린다.", "Gives the signing device three more years."),
        signer: text("그 기기 자신", "the device itself"),
        duty: None,
        consent: Consent::One,
        checks: &[
            check(
                "NOT_ALLOWED",
                "담당자의 인증서가 아니다(만료되지 않는다).",
                "It is not an officer's certificate (those do not run out).",
            ),
            SIGNER_ACTIVE,
            check(
                "RENEWAL_TOO_EARLY",
                "만료까지 180일이 넘게 남지 않았다.",
                "At most 180 days are left until its end.",
            ),
        ],
        changes: &[text("만료 시각이 블록 시각에서 3년 뒤가 된다.", "It ends three years after block time.")],
        effects: &["certificate_renewed"],
        executes: false,
    },
    CallReference {
        name: "account.freeze",
        number: 19,
        purpose: text(
            "계정을 즉시 정지한다(분실, 법원의 명령 등).",
            "Stops an account at once: lost phone, court order.",
        ),
        signer: text(
            "등록 기관의 담당자, 또는 그 회원 본인의 기기 아무것이나",
            "a registrar's officer, or any own device of the member",
        ),
        duty: Some(Duty::Registrar),
        consent: Consent::One,
        checks: &[
            MEMBER_KNOWN,
            check(
                "NOT_ALLOWED",
                "서명자는 등록 기관의 담당자이거나 그 회원의 본인 기기이다.",
                "The signer is a registrar's officer or an own device of the member.",
            ),
            check("MEMBER_NOT_ACTIVE", "계정이 정상 상태이다.", "The account is active."),
        ],
        changes: &[text(
            "계정은 쓸 수도 받을 수도 없게 된다. 금액은 그대로이다. 그 계정으로의 환불과 이미 시작된 정산은 계속된다.",
            "The account can neither spend nor receive; its coin stays. Refunds to it and payouts under way go on.",
        )],
        effects: &["account_frozen"],
        executes: false,
    },
    CallReference {
        name: "account.unfreeze",
        number: 20,
        purpose: text("정지된 계정을 다시 쓰게 한다.", "Lets a frozen account go on."),
        signer: text("등록 기관의 정족수", "a quorum of a registrar's officers"),
        duty: Some(Duty::Registrar),
        consent: Consent::Quorum,
        checks: &[
            REGISTRAR,
            ALONE,
            MEMBER_KNOWN,
            check("MEMBER_NOT_FROZEN", "계정이 정지되어 있다.", "The account is frozen."),
        ],
        changes: &[text("계정이 정상 상태가 된다.", "The account is active.")],
        effects: &["account_unfrozen"],
        executes: false,
    },
    CallReference {
        name: "account.rebind",
        number: 21,
        purpose: text("계정을 새 기기로 옮긴다.", "Moves an account to a new device."),
        signer: text("등록 기관의 정족수", "a quorum of a registrar's officers"),
        duty: Some(Duty::Registrar),
        consent: Consent::Quorum,
        checks: &[
            REGISTRAR,
            ALONE,
            MEMBER_KNOWN,
            check("MEMBER_NOT_ACTIVE", "계정이 해지되지 않았다.", "The account is not closed."),
            KEY,
            POSSESSION,
            KEY_NEW,
            check(
                "TOO_MANY_DEVICES",
                "남는 기기와 합하여 기기 수의 한도를 넘지 않게 된다(직원과 단말기가 64대인 가맹점).",
                "With those that stay, the limit of devices is kept (a merchant with 64 staff and tills).",
            ),
        ],
        changes: &[
            text(
                "개인 회원은 모든 기기가, 가맹점은 본인 기기만 정지된다. 직원과 단말기는 남는다.",
                "A citizen's devices are all revoked; of a merchant's the own ones alone: staff and tills stay.",
            ),
            text(
                "새 키가 본인 기기로 인증되고 계정은 정상 상태가 된다.",
                "The new key is certified as an own device and the account is active.",
            ),
        ],
        effects: &["certificate_revoked", "certificate_issued", "account_rebound"],
        executes: false,
    },
];
