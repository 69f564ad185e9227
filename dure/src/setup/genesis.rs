//! Block 0 of a city's channel, from its data files.

use std::collections::BTreeMap;

use dure_score::{
    Amount, Bid, ChainId, Genesis, PublicKey,
    genesis::GenesisInstitution,
    ids::{Code, Title},
    limits::{DAY_MS, MAX_AMOUNT, NEVER},
    record::{CampaignTerms, Duties, Institution},
};

use super::members::Members;
use crate::{
    city::{City, Duty, InstitutionSheet},
    error::DureError,
};

/// Puts the genesis together; `officers` holds the public key of every key name, `validators` come in their order.
pub fn build(
    city: &City,
    members: &Members,
    officers: &BTreeMap<String, PublicKey>,
    validators: Vec<PublicKey>,
    time_ms: u64,
) -> Result<Genesis, DureError> {
    let channel = &city.sheet.channel;
    let mut institutions = Vec::with_capacity(city.institutions.len());
    for sheet in &city.institutions {
        institutions.push(institution(sheet, members.institution(&sheet.id)?, officers)?);
    }
    let genesis = Genesis {
        chain: ChainId::new(&channel.chain).map_err(bad("channel.chain"))?,
        time_ms,
        currency: Code::new(&channel.currency).map_err(bad("channel.currency"))?,
        digits: channel.digits,
        utc_offset_minutes: channel.utc_offset_minutes,
        coin: coin(city, members)?,
        institutions,
        validators,
        epoch_blocks: channel.epoch_blocks,
    };
    genesis.check().map_err(|error| DureError::Data(error.to_string()))?;
    Ok(genesis)
}

fn coin(city: &City, members: &Members) -> Result<CampaignTerms, DureError> {
    let sheet = &city.sheet.coin;
    // The city decides on the terms of its coin, by quorum.
    let funder = city.institutions.iter().find(|institution| institution.duties.contains(&Duty::Funder));
    let funder = funder.ok_or_else(|| DureError::Data("no institution has the duty funder".to_owned()))?;
    Ok(CampaignTerms {
        name: Title::new(&sheet.name).map_err(bad("coin.name"))?,
        funder: members.institution(&funder.id)?,
        ceiling: Amount::new(MAX_AMOUNT),
        charge_bonus_bps: 0,
        monthly_charge_cap: Amount::ZERO,
        validity_ms: sheet.validity_days.saturating_mul(DAY_MS),
        categories: Vec::new(),
        regions: Vec::new(),
        merchants: Vec::new(),
        large_merchants: sheet.large_merchants,
        transferable: sheet.transferable,
        starts_at: 0,
        ends_at: NEVER,
        cashback_bps: 0,
        monthly_cashback_cap: Amount::ZERO,
        holding_cap: Amount::new(sheet.holding_cap),
        person_cap: Amount::ZERO,
        reusable: false,
        reuse_bps: 0,
        cash_out_bps: sheet.cash_out_bps,
    })
}

fn institution(
    sheet: &InstitutionSheet,
    bid: Bid,
    officers: &BTreeMap<String, PublicKey>,
) -> Result<GenesisInstitution, DureError> {
    let has = |duty| sheet.duties.contains(&duty);
    let key = |name: &String| officers.get(name).copied().ok_or_else(|| missing_key(name));
    Ok(GenesisInstitution {
        bid,
        record: Institution {
            name: Title::new(&sheet.name).map_err(bad("institution name"))?,
            duties: Duties {
                bank: has(Duty::Bank),
                funder: has(Duty::Funder),
                registrar: has(Duty::Registrar),
                auditor: has(Duty::Auditor),
                operator: has(Duty::Operator),
            },
            quorum: sheet.quorum,
            open_proposals: Vec::new(),
        },
        officers: sheet.keys.iter().map(key).collect::<Result<_, _>>()?,
    })
}

fn missing_key(name: &str) -> DureError {
    DureError::Key { name: name.to_owned(), reason: "was not made".to_owned() }
}

fn bad<E: ToString>(what: &'static str) -> impl Fn(E) -> DureError {
    move |error| DureError::Data(format!("{what}: {}", error.to_string()))
}
