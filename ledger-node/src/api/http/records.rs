//! What the ledger's state holds: accounts, certificates, campaigns, payments, deposits, settlement.

use actix_web::web;
use dure_score::{
    Amount, Bid, CampaignId, CertId, Lot, OrderId, TxId,
    holdings::Holdings,
    ids::{BatchId, DepositRef, PayoutId},
    key::Key,
    record::{Batch, Campaign, Certificate, Deposit, Devices, Institution, Member, Payment, Payout, Supply},
};
use minicbor::Decode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, problem::Problem};
use crate::{
    state::books::{self, Totals},
    store::{Read, StoreError, Table, record},
};

fn read<T: for<'b> Decode<'b, ()>>(view: &dyn Read, key: &Key<'_>) -> Result<Option<T>, StoreError> {
    let bytes = view.get(Table::State, &key.to_bytes())?;
    bytes.map(|bytes| record::read("state record", &bytes)).transpose()
}

/// One record, or 404.
fn one<T: for<'b> Decode<'b, ()>>(api: &Api, key: &Key<'_>, what: &str) -> Result<T, Problem> {
    let (view, _) = api.ledger.view()?;
    read(&*view, key)?.ok_or_else(|| Problem::not_found(what))
}

/// A record under its id.
#[derive(Serialize)]
pub(super) struct Named<I, T> {
    id: I,
    #[serde(flatten)]
    record: T,
}

/// An account: its owner, coin and devices, all of one height.
#[derive(Serialize, ToSchema)]
pub(super) struct Account {
    /// Whose.
    #[schema(value_type = String)]
    bid: Bid,
    /// The citizen or merchant, if it is one.
    #[schema(value_type = Option<Object>)]
    member: Option<Member>,
    /// The institution, if it is one.
    #[schema(value_type = Option<Object>)]
    institution: Option<Institution>,
    /// Sum of the lots.
    #[schema(value_type = String)]
    balance: Amount,
    /// Lots with something left.
    #[schema(value_type = Vec<Object>)]
    lots: Vec<Lot>,
    /// Certificates that are not revoked.
    #[schema(value_type = Vec<Object>)]
    certificates: Vec<Named<CertId, Certificate>>,
    /// Height of the state that was read.
    height: u64,
}

/// An account.
#[utoipa::path(get, path = "/v1/accounts/{bid}", params(("bid" = String, Path)), responses(
    (status = 200, body = Account), (status = 404, body = Problem)))]
pub(super) async fn account(api: web::Data<Api>, bid: web::Path<Bid>) -> Result<web::Json<Account>, Problem> {
    let bid = bid.into_inner();
    let (view, head) = api.ledger.view()?;
    let member: Option<Member> = read(&*view, &Key::Member(&bid))?;
    let institution: Option<Institution> = read(&*view, &Key::Institution(&bid))?;
    if member.is_none() && institution.is_none() {
        return Err(Problem::not_found("account"));
    }
    let holdings: Holdings = read(&*view, &Key::Holdings(&bid))?.unwrap_or_default();
    let devices: Devices = read(&*view, &Key::Devices(&bid))?.unwrap_or_default();
    let mut certificates = Vec::with_capacity(devices.certificates.len());
    for id in devices.certificates {
        if let Some(record) = read(&*view, &Key::Certificate(&id))? {
            certificates.push(Named { id, record });
        }
    }
    let (balance, lots, height) = (holdings.total(), holdings.lots, head.height);
    Ok(web::Json(Account { bid, member, institution, balance, lots, certificates, height }))
}

/// A certificate and its replay window.
#[derive(Serialize, ToSchema)]
pub(super) struct CertificateView {
    /// The record.
    #[schema(value_type = Object)]
    certificate: Certificate,
    /// Highest nonce used; 0 before the first.
    highest_nonce: u64,
}

/// A certificate.
#[utoipa::path(get, path = "/v1/certificates/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = CertificateView), (status = 404, body = Problem)))]
pub(super) async fn certificate(
    api: web::Data<Api>,
    id: web::Path<CertId>,
) -> Result<web::Json<CertificateView>, Problem> {
    let (view, _) = api.ledger.view()?;
    let found: Option<Certificate> = read(&*view, &Key::Certificate(&id))?;
    let certificate = found.ok_or_else(|| Problem::not_found("certificate"))?;
    let highest_nonce = certificate.window.highest;
    Ok(web::Json(CertificateView { certificate, highest_nonce }))
}

/// A campaign with its totals.
#[derive(Serialize, ToSchema)]
pub(super) struct CampaignView {
    /// Its number; 0 is charged coin.
    #[schema(value_type = u32)]
    id: CampaignId,
    /// Terms, budget, open or closed.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    campaign: Campaign,
    /// What was minted and destroyed since genesis.
    #[schema(value_type = Object)]
    supply: Supply,
}

impl From<Totals> for CampaignView {
    fn from(totals: Totals) -> Self {
        Self { id: totals.id, campaign: totals.campaign, supply: totals.supply }
    }
}

/// All campaigns, charged coin first.
#[utoipa::path(get, path = "/v1/campaigns", responses((status = 200, body = Vec<CampaignView>)))]
pub(super) async fn campaigns(api: web::Data<Api>) -> Result<web::Json<Vec<CampaignView>>, Problem> {
    let (view, _) = api.ledger.view()?;
    Ok(web::Json(books::totals(&*view)?.into_iter().map(Into::into).collect()))
}

/// One campaign.
#[utoipa::path(get, path = "/v1/campaigns/{id}", params(("id" = u32, Path)), responses(
    (status = 200, body = CampaignView), (status = 404, body = Problem)))]
pub(super) async fn campaign(
    api: web::Data<Api>,
    id: web::Path<u32>,
) -> Result<web::Json<CampaignView>, Problem> {
    let id = CampaignId(id.into_inner());
    let (view, _) = api.ledger.view()?;
    let found: Option<Campaign> = read(&*view, &Key::Campaign(id))?;
    let campaign = found.ok_or_else(|| Problem::not_found("campaign"))?;
    let supply = read(&*view, &Key::Supply(id))?.unwrap_or_default();
    Ok(web::Json(CampaignView { id, campaign, supply }))
}

/// Totals of one campaign.
#[derive(Serialize, ToSchema)]
pub(super) struct SupplyLine {
    /// Which.
    #[schema(value_type = u32)]
    campaign: CampaignId,
    /// What was minted and destroyed since genesis.
    #[schema(value_type = Object)]
    supply: Supply,
    /// What waits in its budget.
    #[schema(value_type = String)]
    budget: Amount,
}

/// Totals of every campaign.
#[utoipa::path(get, path = "/v1/supply", responses((status = 200, body = Vec<SupplyLine>)))]
pub(super) async fn supply(api: web::Data<Api>) -> Result<web::Json<Vec<SupplyLine>>, Problem> {
    let (view, _) = api.ledger.view()?;
    let line =
        |line: Totals| SupplyLine { campaign: line.id, supply: line.supply, budget: line.campaign.budget };
    Ok(web::Json(books::totals(&*view)?.into_iter().map(line).collect()))
}

/// A payment, by the transaction that paid.
#[utoipa::path(get, path = "/v1/payments/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn payment(
    api: web::Data<Api>,
    id: web::Path<TxId>,
) -> Result<web::Json<Named<TxId, Payment>>, Problem> {
    let id = id.into_inner();
    Ok(web::Json(Named { id, record: one(&api, &Key::Payment(&id), "payment")? }))
}

/// The payment of a merchant's order.
#[utoipa::path(get, path = "/v1/orders/{merchant}/{order}", params(("merchant" = String, Path), ("order" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn order(
    api: web::Data<Api>,
    path: web::Path<(Bid, OrderId)>,
) -> Result<web::Json<Named<TxId, Payment>>, Problem> {
    let (merchant, order) = path.into_inner();
    let id: TxId = one(&api, &Key::Order(&merchant, &order), "order")?;
    Ok(web::Json(Named { id, record: one(&api, &Key::Payment(&id), "payment")? }))
}

/// A deposit that has become coin, by the bank's reference.
#[utoipa::path(get, path = "/v1/deposits/{reference}", params(("reference" = String, Path)), responses(
    (status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn deposit(
    api: web::Data<Api>,
    reference: web::Path<DepositRef>,
) -> Result<web::Json<Named<DepositRef, Deposit>>, Problem> {
    let id = reference.into_inner();
    let record = one(&api, &Key::Deposit(&id), "deposit")?;
    Ok(web::Json(Named { id, record }))
}

/// A settlement batch.
#[utoipa::path(get, path = "/v1/batches/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn batch(
    api: web::Data<Api>,
    id: web::Path<BatchId>,
) -> Result<web::Json<Named<BatchId, Batch>>, Problem> {
    let id = id.into_inner();
    let record = one(&api, &Key::Batch(&id), "batch")?;
    Ok(web::Json(Named { id, record }))
}

/// A payout.
#[utoipa::path(get, path = "/v1/payouts/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn payout(
    api: web::Data<Api>,
    id: web::Path<PayoutId>,
) -> Result<web::Json<Named<PayoutId, Payout>>, Problem> {
    let id = id.into_inner();
    let record = one(&api, &Key::Payout(&id), "payout")?;
    Ok(web::Json(Named { id, record }))
}
