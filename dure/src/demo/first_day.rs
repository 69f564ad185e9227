//! The first day of a city: campaigns opened and funded by two officers, people and shops registered on the ledger
//! and entered into the database. Every step looks first whether it has been done, so the day may be repeated.

use dure_db::{Db, DbError, merchants::Merchant, people::Person};
use dure_ledger_client::LedgerClient;
use dure_score::{
    Amount, Bid, Call, CampaignId,
    call::{CampaignOpen, MemberRegister, ProposedCall, TokenIssue},
    ids::{Code, Title},
    limits::DAY_MS,
    record::{CampaignTerms, MemberClass, MerchantTerms},
};

use crate::{
    city::{CampaignSheet, Duty, InstitutionSheet},
    error::DureError,
    quorum::{decide, missing, officers, with_duty},
    setup::{Deployment, now_ms},
    signatory::Signatory,
};

/// Brings ledger and database to the end of the first day.
pub async fn run(deployment: &Deployment, client: &LedgerClient, db: &Db) -> Result<(), DureError> {
    let funder = with_duty(deployment, Duty::Funder)?;
    let officers = officers(deployment, client, funder)?;
    for sheet in &deployment.city.sheet.campaigns {
        open_campaign(deployment, client, &officers, funder, sheet).await?;
    }
    let registrar = officers.first().filter(|_| funder.duties.contains(&Duty::Registrar));
    let registrar = registrar.ok_or_else(|| missing("a funder that is also a registrar"))?;
    register(deployment, client, registrar).await?;
    enter(deployment, db).await
}

async fn open_campaign(
    deployment: &Deployment,
    client: &LedgerClient,
    officers: &[Signatory],
    funder: &InstitutionSheet,
    sheet: &CampaignSheet,
) -> Result<(), DureError> {
    let campaign = CampaignId(sheet.id);
    let known = client.campaign(campaign).await?;
    if known.is_none() {
        let terms = terms(sheet, deployment.members.institution(&funder.id)?)?;
        decide(officers, ProposedCall::CampaignOpen(CampaignOpen { campaign, terms })).await?;
    }
    let issued = known.map_or(Amount::ZERO, |known| known.supply.issued);
    match Amount::new(sheet.issue).minus(issued) {
        Some(amount) if !amount.is_zero() => {
            decide(officers, ProposedCall::TokenIssue(TokenIssue { campaign, amount })).await
        }
        _ => Ok(()),
    }
}

fn terms(sheet: &CampaignSheet, funder: Bid) -> Result<CampaignTerms, DureError> {
    let bad = |error: &dyn std::fmt::Display| DureError::Data(format!("campaign {}: {error}", sheet.id));
    let code = |text: &String| Code::new(text).map_err(|error| bad(&error));
    // From a day ago, so that a clock that is a little behind the others does not close the campaign.
    let starts_at = now_ms().saturating_sub(DAY_MS);
    Ok(CampaignTerms {
        name: Title::new(&sheet.name).map_err(|error| bad(&error))?,
        funder,
        ceiling: Amount::new(sheet.ceiling),
        charge_bonus_bps: sheet.charge_bonus_bps,
        monthly_charge_cap: Amount::new(sheet.monthly_charge_cap),
        validity_ms: sheet.validity_days.saturating_mul(DAY_MS),
        categories: sheet.categories.iter().map(code).collect::<Result<_, _>>()?,
        regions: Vec::new(),
        merchants: Vec::new(),
        large_merchants: sheet.large_merchants,
        transferable: sheet.transferable,
        starts_at,
        ends_at: starts_at.saturating_add(sheet.days.saturating_mul(DAY_MS)),
        cashback_bps: 0,
        monthly_cashback_cap: Amount::ZERO,
        holding_cap: Amount::ZERO,
        person_cap: Amount::ZERO,
        reusable: false,
        reuse_bps: 0,
        cash_out_bps: u16::MAX,
    })
}

/// Registers everybody whom the ledger does not know yet.
async fn register(
    deployment: &Deployment,
    client: &LedgerClient,
    registrar: &Signatory,
) -> Result<(), DureError> {
    let mut wanted: Vec<(Bid, MemberClass)> = Vec::new();
    for citizen in &deployment.city.citizens {
        wanted.push((deployment.members.citizen(&citizen.email)?, MemberClass::Citizen));
    }
    for shop in &deployment.city.merchants {
        let terms =
            MerchantTerms { category: shop.category.clone(), region: shop.region.clone(), large: shop.large };
        wanted.push((deployment.members.merchant(&shop.code)?, MemberClass::Merchant(terms)));
    }
    let mut calls = Vec::new();
    for (bid, class) in wanted {
        let known = client.account(&bid).await?.is_some_and(|account| account.member.is_some());
        if !known {
            calls.push(Call::MemberRegister(MemberRegister { bid, class }));
        }
    }
    registrar.send_all(calls).await
}

/// Enters people and shops into the database.
async fn enter(deployment: &Deployment, db: &Db) -> Result<(), DureError> {
    let now = i64::try_from(now_ms()).unwrap_or(i64::MAX);
    let mut people = Vec::new();
    for citizen in &deployment.city.citizens {
        people.push(Person {
            bid: deployment.members.citizen(&citizen.email)?.to_string(),
            display_name: citizen.name.clone(),
            email: citizen.email.clone(),
            phone: Some(citizen.phone.clone()),
            lang: "ko".to_owned(),
            registrar: "registry".to_owned(),
            created_at: now,
        });
    }
    let mut shops = Vec::new();
    for shop in &deployment.city.merchants {
        shops.push(Merchant {
            bid: deployment.members.merchant(&shop.code)?.to_string(),
            code: shop.code.clone(),
            name_ko: shop.name_ko.clone(),
            name_en: shop.name_en.clone(),
            city_en: deployment.city.sheet.channel.name_en.clone(),
            category: shop.category.to_string(),
            region: shop.region.to_string(),
            email: shop.email.clone(),
            lang: shop.lang.clone(),
            bank_code: shop.bank_code.clone(),
            bank_account: shop.bank_account.clone(),
            account_holder: shop.account_holder.clone(),
            held: 0,
            created_at: now,
        });
    }
    let entered: Result<(), DbError> = db
        .transaction(move |connection| {
            for person in &people {
                if dure_db::people::by_email(connection, &person.email)?.is_none() {
                    dure_db::people::insert(connection, person)?;
                }
            }
            shops.iter().try_for_each(|shop| dure_db::merchants::put(connection, shop))
        })
        .await;
    entered.map_err(|error| DureError::Database(error.to_string()))
}
