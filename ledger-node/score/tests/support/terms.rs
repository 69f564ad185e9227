//! What is agreed before the first block: terms, institutions.

use dure_score::{
    Amount, Genesis,
    genesis::GenesisInstitution,
    ids::Title,
    limits::{DAY_MS, NEVER},
    record::*,
};

use super::{Ledger, START, bid, chain, code, key, ledger_of, won};

pub fn coin_terms() -> CampaignTerms {
    CampaignTerms {
        name: Title::new("Coin").unwrap(),
        funder: bid("bank"),
        ceiling: Amount::ZERO,
        charge_bonus_bps: 0,
        monthly_charge_cap: Amount::ZERO,
        validity_ms: 5 * 365 * DAY_MS,
        categories: vec![],
        regions: vec![],
        merchants: vec![],
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
    }
}

pub fn voucher_terms() -> CampaignTerms {
    CampaignTerms {
        name: Title::new("지역사랑 Voucher").unwrap(),
        funder: bid("city"),
        ceiling: won(10_000_000),
        charge_bonus_bps: 1_000,
        monthly_charge_cap: won(500_000),
        validity_ms: 90 * DAY_MS,
        categories: vec![code("5814")],
        regions: vec![],
        merchants: vec![],
        large_merchants: false,
        transferable: false,
        starts_at: START,
        ends_at: START + 365 * DAY_MS,
        cashback_bps: 0,
        monthly_cashback_cap: Amount::ZERO,
        holding_cap: Amount::ZERO,
        person_cap: Amount::ZERO,
        reusable: false,
        reuse_bps: 0,
        cash_out_bps: u16::MAX,
    }
}

pub fn genesis() -> Genesis {
    let institution = |name: &str, duties: Duties, quorum: u32, officers: &[&str]| GenesisInstitution {
        bid: bid(name),
        record: Institution { name: Title::new(name).unwrap(), duties, quorum, open_proposals: Vec::new() },
        officers: officers.iter().map(|name| key(name).public_key()).collect(),
    };
    Genesis {
        chain: chain(),
        time_ms: START,
        currency: code("KRW"),
        digits: 0,
        utc_offset_minutes: 540,
        coin: coin_terms(),
        institutions: vec![
            institution("bank", Duties { bank: true, ..Duties::default() }, 1, &["banker"]),
            institution("city", Duties { funder: true, ..Duties::default() }, 2, &["mayor", "deputy"]),
            institution("registry", Duties { registrar: true, ..Duties::default() }, 1, &["registrar"]),
        ],
        validators: vec![key("validator").public_key()],
        epoch_blocks: 1_000,
    }
}

/// Points: good everywhere, may be sent, 5 % cashback up to 1,000 a month.
pub fn points_terms() -> CampaignTerms {
    CampaignTerms {
        name: Title::new("Points").unwrap(),
        charge_bonus_bps: 0,
        monthly_charge_cap: Amount::ZERO,
        categories: vec![],
        large_merchants: true,
        transferable: true,
        cashback_bps: 500,
        monthly_cashback_cap: won(1_000),
        ..voucher_terms()
    }
}

/// The usual institutions, an operator with three officers and a quorum of two, four validators, short epochs.
pub fn network() -> Ledger {
    let mut genesis = genesis();
    let duties = Duties { operator: true, ..Duties::default() };
    genesis.institutions.push(GenesisInstitution {
        bid: bid("ops"),
        record: Institution { name: Title::new("ops").unwrap(), duties, quorum: 2, open_proposals: vec![] },
        officers: ["op1", "op2", "op3"].map(|name| key(name).public_key()).to_vec(),
    });
    genesis.validators = ["v1", "v2", "v3", "v4"].map(|name| key(name).public_key()).to_vec();
    genesis.epoch_blocks = 8;
    ledger_of(&genesis)
}
