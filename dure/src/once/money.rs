//! The good path: enrol, deposit, grant, pay by QR, send, refund a part.

use std::path::Path;

use dure_score::{
    Amount, Bid, Call, CampaignId, Hash32, OrderId, SignedTx,
    call::{TokenPay, TokenRefund, TokenTransfer},
};
use dure_web::emvco;
use serde_json::{Value, json};

use super::{
    device::Device,
    rest::{Rest, text, won},
    stage::Stage,
    wait,
};
use crate::{error::DureError, grant, process::url, signatory::Signatory};

/// Deposits, won.
const MINA_PAYS_IN: u64 = 100_000;
const JOON_PAYS_IN: u64 = 50_000;
/// Sales, won. The bakery's goods are food, so vouchers are drawn first; books are not.
const BREAD: u64 = 12_000;
const BOOK: u64 = 15_000;
/// What the bakery gives back, won.
const BREAD_BACK: u64 = 4_500;
/// What Mina sends, won.
const GIFT: u64 = 20_000;
/// The campaign of the grant list.
const FOOD: CampaignId = CampaignId(2);

/// The people and tills of the play.
pub struct Cast {
    /// A citizen.
    pub mina: Device,
    /// Another.
    pub joon: Device,
    /// Till of `M000101`.
    pub bakery: Device,
    /// Till of `M000102`.
    pub books: Device,
}

/// An order that has been paid.
pub struct PaidOrder {
    /// Payee.
    pub merchant: Bid,
    /// Its order.
    pub order: OrderId,
    /// The text of the till's QR.
    pub qr: String,
    /// The payment.
    pub payment: SignedTx,
}

/// Enrols everybody through wallet and till.
pub async fn enrol(stage: &mut Stage) -> Result<Cast, DureError> {
    let cast = Cast {
        mina: citizen(stage, "mina@sebyeol.example").await?,
        joon: citizen(stage, "joon@sebyeol.example").await?,
        bakery: till(stage, "bakery@shops.example").await?,
        books: till(stage, "books@shops.example").await?,
    };
    let expected = stage.deployment.members.citizen("mina@sebyeol.example")?;
    stage.checks.equal("enrolled_by_mailed_code", &cast.mina.bid, &expected);
    Ok(cast)
}

async fn citizen(stage: &Stage, email: &str) -> Result<Device, DureError> {
    let citizens = &stage.deployment.city.citizens;
    let citizen = citizens.iter().find(|citizen| citizen.email == email);
    let citizen = citizen.ok_or_else(|| DureError::Data(format!("no citizen {email}")))?;
    let start = json!({
        "email": email,
        "name": citizen.name,
        "birth": citizen.birth.to_string(),
        "lang": "ko",
    });
    let base = url(stage.deployment.ports.wallet);
    Device::enrol(&stage.deployment, &stage.client, base, email, start).await
}

async fn till(stage: &Stage, email: &str) -> Result<Device, DureError> {
    let start = json!({ "email": email, "lang": "ko" });
    let base = url(stage.deployment.ports.till);
    Device::enrol(&stage.deployment, &stage.client, base, email, start).await
}

/// Both citizens pay in at the bank and wait for their coin.
pub async fn charge(stage: &mut Stage, cast: &Cast) -> Result<(), DureError> {
    let bank = Rest::new(url(stage.deployment.ports.bank));
    for (device, name, amount) in [(&cast.mina, "김미나", MINA_PAYS_IN), (&cast.joon, "이준", JOON_PAYS_IN)]
    {
        let before = balance(device).await?;
        let instructions = device.rest.get("/v1/charge").await?;
        let deposit = json!({ "payer": name, "amount": amount.to_string(), "reference": text(&instructions, "/code")? });
        bank.post("/api/deposits", &deposit).await?;
        let expected = before.saturating_add(signed(amount)).saturating_add(signed(amount / 10));
        let (found, _) = wait::until("a deposit becomes coin", async || {
            let now = balance(device).await?;
            Ok((now > before).then_some(now))
        })
        .await?;
        stage.checks.equal("deposit_charged_with_bonus", &found, &expected);
    }
    Ok(())
}

/// Grants the city's list, twice; and refuses a list with a bad row.
pub async fn grant(stage: &mut Stage) -> Result<(), DureError> {
    let list = stage.deployment.city.recipients_file();
    let officer = stage.deployment.key("city-hall-1", &stage.client)?;
    let first = apply_list(stage, &list, &officer).await?;
    stage.checks.note("grant_applied", first.new, "the ledger knew it already");
    let again = apply_list(stage, &list, &officer).await?;
    stage.checks.note("grant_twice_is_once", !again.new, "granted again");
    let bad = stage.deployment.layout.root().join("bad.csv");
    let rows = "email,amount\nmina@sebyeol.example,1000\nmina,1000\njoon@sebyeol.example,0\n";
    std::fs::write(&bad, rows).map_err(|source| DureError::io("write", &bad, source))?;
    let refused = apply_list(stage, &bad, &officer).await;
    let rows: Vec<u64> = match refused {
        Err(DureError::Rows { faults, .. }) => faults.iter().map(|fault| fault.row).collect(),
        _ => Vec::new(),
    };
    stage.checks.equal("bad_rows_named", &rows, &vec![3, 4]);
    Ok(())
}

async fn apply_list(stage: &Stage, list: &Path, officer: &Signatory) -> Result<grant::Granted, DureError> {
    grant::grant(list, FOOD, officer, &stage.client, &stage.db).await
}

/// Mina buys bread, Joon a book; Mina sends Joon a gift; the bakery gives a part back.
pub async fn pay_and_send(stage: &mut Stage, cast: &Cast) -> Result<PaidOrder, DureError> {
    let bread = buy(stage, &cast.mina, &cast.bakery, BREAD).await?;
    buy(stage, &cast.joon, &cast.books, BOOK).await?;
    let found = cast.mina.rest.get("/v1/people/lookup?q=joon@sebyeol.example").await?;
    let to: Bid = text(&found, "/bid")?.parse().map_err(|error| DureError::Data(format!("{error}")))?;
    stage.checks.equal("friend_found_by_address", &to, &cast.joon.bid);
    let before = balance(&cast.joon).await?;
    let call = TokenTransfer { to, amount: Amount::new(GIFT), memo: Hash32::default() };
    cast.mina.send(Call::TokenTransfer(call)).await?.must_apply()?;
    let (after, _) = wait::until("the gift arrives", async || {
        let now = balance(&cast.joon).await?;
        Ok((now != before).then_some(now))
    })
    .await?;
    stage.checks.equal("transfer_received", &after, &before.saturating_add(signed(GIFT)));
    let call = TokenRefund { payment: bread.payment.id(), amount: Amount::new(BREAD_BACK) };
    cast.bakery.send(Call::TokenRefund(call)).await?.must_apply()?;
    let order = order_in_state(&cast.bakery, &bread.order, "partly_refunded").await?;
    stage.checks.equal("refund_on_the_till", &won(&order, "/refunded")?, &signed(BREAD_BACK));
    Ok(bread)
}

/// The till makes an order, the citizen reads its QR and pays, the till says *paid*.
async fn buy(stage: &mut Stage, payer: &Device, till: &Device, amount: u64) -> Result<PaidOrder, DureError> {
    let order = till.rest.post("/v1/orders", &json!({ "amount": amount.to_string() })).await?;
    let qr = text(&order, "/qr_text")?.to_owned();
    let code = emvco::decode(&qr).map_err(|error| DureError::Data(error.to_string()))?;
    let shop = payer.rest.get(&format!("/v1/merchants/by-code/{}", code.merchant)).await?;
    let merchant: Bid = text(&shop, "/bid")?.parse().map_err(|error| DureError::Data(format!("{error}")))?;
    let order = code.order.as_deref().unwrap_or_default();
    let order = OrderId::new(order).map_err(|error| DureError::Data(error.to_string()))?;
    stage.checks.equal("qr_says_amount", &code.amount, &Some(amount));
    let call = TokenPay { merchant, order: order.clone(), amount: Amount::new(amount), cashback: None };
    let payment = payer.send(Call::TokenPay(call)).await?.must_apply()?;
    let shown = order_in_state(till, &order, "paid").await?;
    stage.checks.equal("till_shows_paid", &text(&shown, "/state")?, &"paid");
    Ok(PaidOrder { merchant, order, qr, payment })
}

async fn order_in_state(till: &Device, order: &OrderId, state: &str) -> Result<Value, DureError> {
    let (order, _) = wait::until(&format!("the till shows order {order} as {state}"), async || {
        let shown = till.rest.get(&format!("/v1/orders/{order}")).await?;
        Ok((text(&shown, "/state")? == state).then_some(shown))
    })
    .await?;
    Ok(order)
}

/// What the wallet shows.
async fn balance(device: &Device) -> Result<i64, DureError> {
    won(&device.rest.get("/v1/account").await?, "/balance")
}

fn signed(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
