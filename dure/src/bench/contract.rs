//! How fast the contract is by itself, on one core, without network, disk or consensus. The figure
//! bounds what a node could reach; it is not what a network reaches.

use std::time::Instant;

use dure_score::{
    Amount, Bid, BlockContext, Call, CampaignId, ChainId, Genesis, OrderId, Overlay, SignedTx, Transaction,
    VerifiedTx, apply,
    call::{CertificateIssue, MemberRegister, TokenCharge, TokenPay},
    genesis::GenesisInstitution,
    ids::{Code, DepositRef, Title},
    limits::{MINUTE_MS, NEVER},
    record::{CampaignTerms, Duties, Institution, MemberClass, MerchantTerms, Role},
    signature::SigningKey,
    state::MemoryState,
    tx::possession_message,
};
use serde_json::{Value, json};

use crate::error::DureError;

/// Transactions verified together: what a full block of the demo holds.
const BATCH: usize = 512;
/// Block time of everything, ms: any moment will do.
const NOW: u64 = 1_800_000_000_000;

/// Payments a second for checking signatures one by one, in batches, and for applying.
pub fn measure(payments: u32) -> Result<Value, DureError> {
    let stage = Stage::new()?;
    let mut state = stage.prepare()?;
    let signed = (1..=payments).map(|number| stage.payment(number)).collect::<Result<Vec<_>, _>>()?;

    let begun = Instant::now();
    for tx in &signed {
        verify(tx.clone(), &stage.chain)?;
    }
    let single = rate(payments, begun);

    let begun = Instant::now();
    let mut verified = Vec::with_capacity(signed.len());
    for batch in signed.chunks(BATCH) {
        let good = VerifiedTx::batch(batch.to_vec(), &stage.chain, rand::rng());
        verified.extend(good.ok_or_else(|| DureError::Data("a good batch was refused".to_owned()))?);
    }
    let batched = rate(payments, begun);

    let begun = Instant::now();
    for (height, batch) in (2..).zip(verified.chunks(BATCH)) {
        run_block(&mut state, batch, height)?;
    }
    let applied = rate(payments, begun);
    Ok(json!({
        "payments": payments,
        "verify_single_per_s": single,
        "verify_batch_per_s": batched,
        "apply_per_s": applied,
        "profile": if cfg!(debug_assertions) { "dev" } else { "release" },
    }))
}

fn rate(payments: u32, begun: Instant) -> u64 {
    let micros = begun.elapsed().as_micros().max(1);
    u64::try_from(u128::from(payments) * 1_000_000 / micros).unwrap_or(u64::MAX)
}

fn verify(tx: SignedTx, chain: &ChainId) -> Result<VerifiedTx, DureError> {
    tx.verify(chain).map_err(|refusal| DureError::Data(refusal.code().to_owned()))
}

fn run_block(state: &mut MemoryState, txs: &[VerifiedTx], height: u64) -> Result<(), DureError> {
    let changes = {
        let mut overlay = Overlay::new(&*state);
        for (index, tx) in (0..).zip(txs) {
            let receipt = apply(&mut overlay, tx, &BlockContext { height, time_ms: NOW, index });
            let receipt = receipt.map_err(|error| DureError::Data(error.to_string()))?;
            if let Some(refusal) = receipt.refusal() {
                return Err(DureError::Refused { what: "bench".to_owned(), code: refusal.code().to_owned() });
            }
        }
        overlay.into_changes()
    };
    state.commit(changes);
    Ok(())
}

/// One bank, one citizen, one shop.
struct Stage {
    chain: ChainId,
    officer: SigningKey,
    phone: SigningKey,
    citizen: Bid,
    shop: Bid,
}

impl Stage {
    fn new() -> Result<Self, DureError> {
        Ok(Self {
            chain: ChainId::new("bench-1").map_err(bad)?,
            officer: SigningKey::from_seed([1; 32]),
            phone: SigningKey::from_seed([2; 32]),
            citizen: Bid::new([3; 16]),
            shop: Bid::new([4; 16]),
        })
    }

    fn genesis(&self) -> Result<Genesis, DureError> {
        let bank = Bid::new([5; 16]);
        let duties = Duties { bank: true, funder: false, registrar: true, auditor: false, operator: false };
        let record = Institution {
            name: Title::new("Bench").map_err(bad)?,
            duties,
            quorum: 1,
            open_proposals: Vec::new(),
        };
        Ok(Genesis {
            chain: self.chain.clone(),
            time_ms: NOW - MINUTE_MS,
            currency: Code::new("KRW").map_err(bad)?,
            digits: 0,
            utc_offset_minutes: 540,
            coin: CampaignTerms {
                name: Title::new("Coin").map_err(bad)?,
                funder: bank,
                ceiling: Amount::ZERO,
                charge_bonus_bps: 0,
                monthly_charge_cap: Amount::ZERO,
                validity_ms: NEVER / 2,
                categories: Vec::new(),
                regions: Vec::new(),
                merchants: Vec::new(),
                large_merchants: true,
                transferable: true,
                starts_at: 0,
                ends_at: NEVER,
                cashback_bps: 0,
                monthly_cashback_cap: Amount::ZERO,
                holding_cap: Amount::ZERO,
                person_cap: Amount::ZERO,
                reusable: false,
                reuse_bps: 0,
                cash_out_bps: u16::MAX,
            },
            institutions: vec![GenesisInstitution {
                bid: bank,
                record,
                officers: vec![self.officer.public_key()],
            }],
            validators: vec![self.officer.public_key()],
            epoch_blocks: 1_000,
        })
    }

    /// State with a charged citizen and a shop.
    fn prepare(&self) -> Result<MemoryState, DureError> {
        let mut state = MemoryState::default();
        let mut overlay = Overlay::new(&state);
        self.genesis()?.write(&mut overlay);
        let changes = overlay.into_changes();
        state.commit(changes);
        let terms = MerchantTerms {
            category: Code::new("5411").map_err(bad)?,
            region: Code::new("R1").map_err(bad)?,
            large: false,
        };
        let key = self.phone.public_key();
        let possession = self.phone.sign(&possession_message(&self.chain, &self.citizen, Role::Holder, &key));
        let calls = [
            Call::MemberRegister(MemberRegister { bid: self.citizen, class: MemberClass::Citizen }),
            Call::MemberRegister(MemberRegister { bid: self.shop, class: MemberClass::Merchant(terms) }),
            Call::CertificateIssue(CertificateIssue {
                owner: self.citizen,
                public_key: key,
                role: Role::Holder,
                possession,
            }),
            Call::TokenCharge(TokenCharge {
                to: self.citizen,
                amount: Amount::new(1_000_000_000),
                deposit: DepositRef::new("D1").map_err(bad)?,
                campaign: CampaignId::COIN,
            }),
        ];
        let signed =
            (1..).zip(calls).map(|(nonce, call)| verify(self.sign(&self.officer, nonce, call), &self.chain));
        run_block(&mut state, &signed.collect::<Result<Vec<_>, _>>()?, 1)?;
        Ok(state)
    }

    fn payment(&self, number: u32) -> Result<SignedTx, DureError> {
        let order = OrderId::new(&format!("O{number}")).map_err(bad)?;
        let call =
            Call::TokenPay(TokenPay { merchant: self.shop, order, amount: Amount::new(10), cashback: None });
        Ok(self.sign(&self.phone, number.into(), call))
    }

    fn sign(&self, key: &SigningKey, nonce: u64, call: Call) -> SignedTx {
        let signer = key.public_key().certificate_id(&self.chain);
        Transaction { chain: self.chain.clone(), signer, nonce, valid_until: NOW + MINUTE_MS, call }.sign(key)
    }
}

fn bad(error: impl std::fmt::Display) -> DureError {
    DureError::Data(error.to_string())
}
