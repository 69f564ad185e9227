//! Every type that is stored, signed or served, by number: the first byte of an input chooses.

use core::fmt::Debug;

use dure_score::{
    Amount, Call, Effect, Genesis, Hash32, Lot, Outcome, PublicKey, Receipt, Refusal, Signature, Transaction,
    call::*, codec, genesis::GenesisInstitution, holdings::Holdings, ids::*, mandate::Mandate,
    proposal::Proposal, record::*, window::NonceWindow,
};
use minicbor::{Decode, Encode};
use serde::{Serialize, de::DeserializeOwned};

/// A form's name, and what makes JSON of its CBOR.
pub type Conversion = (&'static str, fn(&[u8]) -> Option<Vec<u8>>);

/// A form's name and its check.
pub type Form = (&'static str, fn(&[u8]) -> bool);

macro_rules! forms {
    ($check:ident: $($type:ty),* $(,)?) => { &[$((stringify!($type), $check::<$type>)),*] };
}

/// Everything in CBOR: what is stored or hashed.
pub const CBOR: &[Form] = forms![canonical:
    Genesis, GenesisInstitution, Institution, Duties, Member, MemberClass, MerchantTerms, Certificate, Devices,
    Campaign, CampaignTerms, Supply, PersonUse, Draw, Payment, Cashback, Deposit, CashOut, Batch, Payout, Proposal,
    Channel, ValidatorSeat, ValidatorSet, ContractVersion, Contract, Holdings, Lot, NonceWindow, Receipt, Outcome,
    Effect, Refusal, Mandate, Transaction, Call, ProposedCall, Hash32, Title, Address, Code, BatchId, PayoutId,
    DepositRef, OrderId, ChainId, CampaignId, Amount, PublicKey, Signature, u64,
];

macro_rules! json_forms {
    ($check:ident) => {
        forms![$check:
            Genesis, GenesisInstitution, Institution, Duties, Member, MemberClass, MerchantTerms, Certificate,
            Campaign, CampaignTerms, Supply, Draw, Payment, Cashback, Deposit, CashOut, Batch, Payout, Proposal,
            ValidatorSeat, ValidatorSet, Lot, Receipt, Outcome, Effect, Refusal, Mandate, Transaction, Call,
            ProposedCall, Hash32, Title, Address, Code, BatchId, PayoutId, DepositRef, OrderId, ChainId, CampaignId,
            Amount, PublicKey, Signature, Bid, CertId, TxId,
        ]
    };
}

/// Everything in JSON: what is served, or kept in a file for people.
pub const JSON: &[Form] = json_forms!(stable);

/// The JSON of a value's CBOR, for seeds: by the numbers of [`JSON`].
pub const CONVERTED: &[Conversion] = json_forms!(converted);

fn converted<T: Serialize + for<'b> Decode<'b, ()> + Encode<()>>(bytes: &[u8]) -> Option<Vec<u8>> {
    serde_json::to_vec(&codec::decode::<T>(bytes).ok()?).ok()
}

/// Stored bytes are read leniently, signed ones are not: whatever is read has one canonical form, and only that is
/// taken where bytes are signed. True if the bytes are such a value.
pub fn canonical<T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug>(bytes: &[u8]) -> bool {
    let strict = codec::decode::<T>(bytes);
    let Ok(value) = minicbor::decode::<T>(bytes) else {
        assert!(strict.is_err(), "the strict reader takes what the lenient one does not");
        return false;
    };
    let form = codec::encode(&value);
    assert_eq!(codec::decode::<T>(&form).as_ref(), Ok(&value), "its own form does not read back");
    assert_eq!(strict.is_ok(), form == bytes, "another form than the canonical one is taken");
    form == bytes
}

/// What is read of JSON writes and reads back as the same. True if the bytes are such a value.
fn stable<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<T>(bytes) else { return false };
    let text = serde_json::to_vec(&value).expect("what was read can be written");
    assert_eq!(serde_json::from_slice::<T>(&text).expect("what was written can be read"), value);
    true
}

fn choose(forms: &[Form], data: &[u8]) {
    if let Some((number, bytes)) = crate::bytes::byte(data)
        && let Some((_, check)) = forms.get(usize::from(number))
    {
        check(bytes);
    }
}

/// Number of a form, then its CBOR.
pub fn codec(data: &[u8]) {
    choose(CBOR, data);
}

/// Number of a form, then its JSON.
pub fn json(data: &[u8]) {
    choose(JSON, data);
}
