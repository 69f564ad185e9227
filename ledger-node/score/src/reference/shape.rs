//! What a table of the contract is made of: sentences in both languages, checks, calls.

/// A sentence in both languages of the channel; Korean is the one that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Korean.
    pub ko: &'static str,
    /// English.
    pub en: &'static str,
}

/// One check of a call, at its place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// What must be so.
    pub rule: Text,
    /// The code of the refusal if it is not.
    pub code: &'static str,
}

/// The duty that an institution's officers need for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Holds the won and settles.
    Bank,
    /// Pays for campaigns.
    Funder,
    /// Registers people and devices.
    Registrar,
    /// Runs the network.
    Operator,
    /// Whichever the institution has.
    Any,
}

/// How an act comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// One signature is enough.
    One,
    /// As many officers of one institution as its quorum says.
    Quorum,
    /// A quorum where it is about an officer's key, else one signature.
    QuorumForOfficers,
}

impl Consent {
    /// True if the call can be proposed for a quorum's approval.
    pub const fn is_proposable(self) -> bool {
        matches!(self, Self::Quorum | Self::QuorumForOfficers)
    }
}

/// All there is to know of a call.
#[derive(Clone, Copy, Debug)]
pub struct CallReference {
    /// Published name, as [`crate::Call::name`].
    pub name: &'static str,
    /// Variant number on the wire.
    pub number: u32,
    /// What it is for.
    pub purpose: Text,
    /// Who may sign.
    pub signer: Text,
    /// The duty that the signer's institution needs, if an institution signs.
    pub duty: Option<Duty>,
    /// One signature or a quorum.
    pub consent: Consent,
    /// What is checked, in this order; the first that fails is the answer.
    pub checks: &'static [Check],
    /// What changes if all hold.
    pub changes: &'static [Text],
    /// What the receipt may say, by the names of [`super::EFFECTS`].
    pub effects: &'static [&'static str],
    /// True if it runs another call that a quorum has approved: then the checks and effects of that call follow.
    pub executes: bool,
}

/// A sentence in both languages.
pub(super) const fn text(ko: &'static str, en: &'static str) -> Text {
    Text { ko, en }
}

/// A check in both languages.
pub(super) const fn check(code: &'static str, ko: &'static str, en: &'static str) -> Check {
    Check { rule: text(ko, en), code }
}
