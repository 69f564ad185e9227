//! The page's words in Korean and English.

use crate::book::Reason;
use crate::error::InputError;
use serde::Deserialize;

/// A language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "String")]
pub(super) enum Language {
    #[default]
    Ko,
    En,
}

impl From<String> for Language {
    /// Whatever is not English is Korean.
    fn from(code: String) -> Self {
        if code == "en" { Self::En } else { Self::Ko }
    }
}

/// Every sentence of the page.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) won: &'static str,
    pub(super) refresh: &'static str,
    pub(super) balance: &'static str,
    pub(super) deposit: &'static str,
    pub(super) deposit_help: &'static str,
    pub(super) payer: &'static str,
    pub(super) amount: &'static str,
    pub(super) reference: &'static str,
    pub(super) reference_help: &'static str,
    pub(super) deposit_do: &'static str,
    pub(super) deposits: &'static str,
    pub(super) none_yet: &'static str,
    pub(super) bank_reference: &'static str,
    pub(super) files: &'static str,
    pub(super) files_help: &'static str,
    pub(super) paid: &'static str,
    pub(super) refused: &'static str,
    pub(super) unreadable: &'static str,
    pub(super) switches: &'static str,
    pub(super) switches_help: &'static str,
    pub(super) account: &'static str,
    pub(super) reason: &'static str,
    pub(super) refuse_do: &'static str,
    pub(super) accept_do: &'static str,
    pub(super) accounts: &'static str,
    pub(super) notice_deposited: &'static str,
    pub(super) notice_refusing: &'static str,
    pub(super) notice_accepting: &'static str,
}

impl Language {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::Ko => &KOREAN,
            Self::En => &ENGLISH,
        }
    }

    /// What a group status means.
    pub(super) fn status(self, code: &str) -> &'static str {
        match (self, code) {
            (Self::Ko, "ACSP") => "모두 이체",
            (Self::Ko, "PART") => "일부 이체",
            (Self::Ko, _) => "거절",
            (Self::En, "ACSP") => "All paid",
            (Self::En, "PART") => "Partly paid",
            (Self::En, _) => "Rejected",
        }
    }

    /// What a switch's reason means.
    pub(super) fn reason(self, reason: &Reason) -> &'static str {
        match (self, reason) {
            (Self::Ko, Reason::Ac01) => "계좌번호 오류",
            (Self::Ko, Reason::Ac04) => "해지된 계좌",
            (Self::Ko, Reason::Ac06) => "지급정지 계좌",
            (Self::Ko, _) => "거래 금지 계좌",
            (Self::En, Reason::Ac01) => "Wrong account number",
            (Self::En, Reason::Ac04) => "Closed account",
            (Self::En, Reason::Ac06) => "Blocked account",
            (Self::En, _) => "Transactions forbidden",
        }
    }

    /// Says what is wrong with a form's entry.
    pub(super) fn explain(self, error: InputError) -> &'static str {
        match (self, error) {
            (Self::Ko, InputError::Payer) => "입금자명을 1~140자로 입력하세요.",
            (Self::Ko, InputError::Amount) => "금액은 1원부터 1,000,000,000원까지 원 단위 숫자로 입력하세요.",
            (Self::Ko, InputError::Reference) => "적요(입금 코드)를 1~140자로 입력하세요.",
            (Self::Ko, InputError::Account) => "계좌번호는 숫자, 영문자, 하이픈으로 34자까지 입력하세요.",
            (Self::Ko, InputError::Reason | InputError::ReasonMissing) => "거절 사유를 목록에서 고르세요.",
            (Self::En, InputError::Payer) => "Enter the payer's name, 1 to 140 characters.",
            (Self::En, InputError::Amount) => "Enter whole won, from 1 to 1,000,000,000.",
            (Self::En, InputError::Reference) => "Enter the reference code, 1 to 140 characters.",
            (Self::En, InputError::Account) => "Enter an account number: digits, letters, hyphens, up to 34.",
            (Self::En, InputError::Reason | InputError::ReasonMissing) => "Choose a reason from the list.",
        }
    }
}

const KOREAN: Words = Words {
    title: "샌드박스 은행",
    lead: "연습용 은행입니다. 실제 돈은 움직이지 않습니다.",
    won: "원",
    refresh: "새로고침",
    balance: "모계좌 잔액",
    deposit: "입금하기",
    deposit_help: "입금하면 은행이 입금 통지(camt.054)를 보냅니다.",
    payer: "입금자명",
    amount: "금액(원)",
    reference: "적요(입금 코드)",
    reference_help: "지갑의 충전 안내에 나온 코드를 그대로 적으세요.",
    deposit_do: "입금",
    deposits: "입금 내역",
    none_yet: "아직 없습니다.",
    bank_reference: "은행 거래번호",
    files: "받은 이체 파일",
    files_help: "inbox 폴더의 pain.001 파일과 그 처리 결과입니다.",
    paid: "이체",
    refused: "거절",
    unreadable: "읽을 수 없음",
    switches: "이체 거절 설정",
    switches_help: "이 계좌로 가는 이체를 은행이 거절하게 합니다.",
    account: "계좌번호",
    reason: "사유",
    refuse_do: "거절 켜기",
    accept_do: "거절 끄기",
    accounts: "수취 계좌",
    notice_deposited: "입금되었습니다. 입금 통지를 보냈습니다.",
    notice_refusing: "이제 이 계좌로 가는 이체를 거절합니다.",
    notice_accepting: "이제 이 계좌로 가는 이체를 받습니다.",
};

const ENGLISH: Words = Words {
    title: "Sandbox Bank",
    lead: "A bank to practise with. No real money moves.",
    won: "won",
    refresh: "Refresh",
    balance: "Collection account",
    deposit: "Make a deposit",
    deposit_help: "The bank then sends a credit notification (camt.054).",
    payer: "Payer's name",
    amount: "Amount (won)",
    reference: "Reference code",
    reference_help: "Write the code exactly as the wallet's charge screen shows it.",
    deposit_do: "Deposit",
    deposits: "Deposits",
    none_yet: "None yet.",
    bank_reference: "Bank reference",
    files: "Payment files received",
    files_help: "pain.001 files from the inbox folder, and what came of them.",
    paid: "Paid",
    refused: "Refused",
    unreadable: "Unreadable",
    switches: "Reject payments",
    switches_help: "Makes the bank refuse payments to this account.",
    account: "Account number",
    reason: "Reason",
    refuse_do: "Start refusing",
    accept_do: "Accept again",
    accounts: "Payee accounts",
    notice_deposited: "Deposited. The credit notification is on its way.",
    notice_refusing: "Payments to this account are now refused.",
    notice_accepting: "Payments to this account are accepted again.",
};
