//! `/v1/charge`: where to transfer won, and what it earns.

use actix_web::web::{Data, Json};
use dure_db::{DbError, now_ms};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    http::{Failure, Problem, Signed},
    repo::{campaigns, charges},
};

/// Instructions for a bank transfer.
#[derive(Serialize, ToSchema)]
pub struct Charge {
    bank: String,
    account: String,
    holder: String,
    /// The transfer's memo: who is charged, with the best bonus of `campaigns`.
    code: String,
    campaigns: Vec<Campaign>,
}

/// A campaign that pays a bonus on charges now.
#[derive(Serialize, ToSchema)]
pub struct Campaign {
    id: i64,
    name: String,
    /// Basis points of the charge.
    bonus_bps: u16,
    /// Most charge per month that earns it, minor units.
    monthly_cap: String,
    /// Until when it runs, ms.
    ends_at: u64,
    /// The memo that asks for this bonus.
    code: String,
}

/// How to charge.
#[utoipa::path(get, path = "/v1/charge", tag = "account", responses(
    (status = 200, body = Charge), (status = 401, body = Problem)))]
pub async fn charge(app: Data<App>, signed: Signed) -> Result<Json<Charge>, Failure> {
    let (code, campaigns) = app
        .db
        .transaction::<_, DbError, _>(move |c| {
            let mut running = Vec::new();
            for campaign in campaigns::all(c)?.into_iter().filter(is_running) {
                let code = charges::of(c, &signed.bid, campaign.id)?;
                running.push(Campaign {
                    id: campaign.id,
                    name: campaign.terms.name.as_str().to_owned(),
                    bonus_bps: campaign.terms.charge_bonus_bps,
                    monthly_cap: campaign.terms.monthly_charge_cap.to_string(),
                    ends_at: campaign.terms.ends_at,
                    code,
                });
            }
            running.sort_by_key(|campaign| std::cmp::Reverse(campaign.bonus_bps));
            let code = match running.first() {
                Some(best) => best.code.clone(),
                None => charges::of(c, &signed.bid, 0)?,
            };
            Ok((code, running))
        })
        .await?;
    let crate::config::Charge { bank, account, holder } = app.charge.clone();
    Ok(Json(Charge { bank, account, holder, code, campaigns }))
}

fn is_running(campaign: &campaigns::Campaign) -> bool {
    let now = u64::try_from(now_ms()).unwrap_or_default();
    let terms = &campaign.terms;
    let dated = terms.starts_at <= now && now < terms.ends_at;
    campaign.id != 0 && !campaign.closed && terms.charge_bonus_bps > 0 && campaign.budget > 0 && dated
}
