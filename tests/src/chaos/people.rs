//! Who takes part: citizens with coin, shops, and a device for each client.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use dure::error::DureError;
use dure_ledger_client::Signer;
use dure_score::{
    Amount, Bid, Call, CampaignId, CertId, ChainId, SignedTx, Transaction,
    call::{CertificateIssue, TokenCharge, TokenPay, TokenRefund, TokenTransfer},
    ids::{DepositRef, Hash32},
    record::Role,
    signature::SigningKey,
    tx::possession_message,
};

use super::{
    bank::{Act, Bank},
    fault::Fault,
};
use crate::network::Network;

/// Citizens: few, so that their payments meet.
pub const CITIZENS: usize = 6;
/// Shops, each with one device, which gives money back.
pub const SHOPS: usize = 3;

/// A key in somebody's hand, used by one client at a time.
pub struct Device {
    /// Whose.
    pub owner: Bid,
    /// Under which certificate.
    pub certificate: CertId,
    key: SigningKey,
    used: AtomicU64,
}

impl Device {
    fn new(owner: Bid, chain: &ChainId) -> Self {
        let key = SigningKey::from_seed(rand::random());
        let certificate = key.public_key().certificate_id(chain);
        Self { owner, certificate, key, used: AtomicU64::new(0) }
    }

    /// Signs an act of its owner under its next number.
    pub fn sign(&self, chain: &ChainId, act: &Act, valid_until: u64) -> SignedTx {
        let call = match act.clone() {
            Act::Pay { shop, order, amount, .. } => Call::TokenPay(TokenPay {
                merchant: shop,
                order,
                amount: Amount::new(amount),
                cashback: None,
            }),
            Act::Send { to, amount, .. } => Call::TokenTransfer(TokenTransfer {
                to,
                amount: Amount::new(amount),
                memo: Hash32::new([0; 32]),
            }),
            Act::Refund { payment, amount, .. } => {
                Call::TokenRefund(TokenRefund { payment, amount: Amount::new(amount) })
            }
        };
        let nonce = self.used.fetch_add(1, Ordering::SeqCst) + 1;
        let transaction =
            Transaction { chain: chain.clone(), signer: self.certificate, nonce, valid_until, call };
        transaction.sign(&self.key)
    }
}

/// All who take part, and what they hold before the first of them does anything.
pub struct Town {
    /// The channel.
    pub chain: ChainId,
    /// Citizens.
    pub citizens: Vec<Bid>,
    /// Shops.
    pub shops: Vec<Bid>,
    /// Citizens' devices, then the shops', in their order.
    pub devices: Vec<Device>,
    /// How many of the devices are citizens'.
    pub phones: usize,
    /// Whose each device is.
    pub owners: BTreeMap<CertId, Bid>,
    /// The accounts at height `start`.
    pub bank: Bank,
    /// A height after which only the clients change anything.
    pub start: u64,
}

impl Town {
    /// People with devices that nobody knows yet, and so much coin each. The `phones` go round among the citizens.
    pub fn new(chain: ChainId, citizens: Vec<Bid>, shops: Vec<Bid>, phones: usize, won: u64) -> Self {
        let owners = citizens.iter().cycle().take(phones).chain(&shops);
        let devices: Vec<Device> = owners.map(|owner| Device::new(*owner, &chain)).collect();
        let owners = devices.iter().map(|device| (device.certificate, device.owner)).collect();
        let balances = citizens.iter().map(|bid| (*bid, won)).chain(shops.iter().map(|bid| (*bid, 0)));
        let bank = Bank::new(balances.collect());
        Self { chain, citizens, shops, devices, phones, owners, bank, start: 0 }
    }

    /// Certifies devices and gives every citizen so much coin.
    pub async fn settle(network: &Network, phones: usize, won: u64) -> Result<Self, Fault> {
        let (deployment, client) = (&network.deployment, &network.client);
        let citizens = deployment.members.citizens.values().copied().take(CITIZENS).collect();
        let shops = deployment.members.merchants.values().copied().take(SHOPS).collect();
        let town = Self::new(deployment.chain.clone(), citizens, shops, phones, won);
        let issue = |device: &Device| {
            let (owner, public_key) = (device.owner, device.key.public_key());
            let proof = possession_message(&town.chain, &owner, Role::Holder, &public_key);
            let possession = Signer::sign(&device.key, &proof);
            Call::CertificateIssue(CertificateIssue { owner, public_key, role: Role::Holder, possession })
        };
        let registrar = deployment.key("registry-wallet", client)?;
        registrar.send_all(town.devices.iter().map(issue).collect()).await?;
        let charge = |(number, to): (usize, &Bid)| -> Result<Call, DureError> {
            let deposit = DepositRef::new(&format!("D-CHAOS-{number}"));
            let deposit = deposit.map_err(|error| DureError::Data(error.to_string()))?;
            let (amount, campaign) = (Amount::new(won), CampaignId::COIN);
            Ok(Call::TokenCharge(TokenCharge { to: *to, amount, deposit, campaign }))
        };
        let charges: Result<Vec<Call>, DureError> = town.citizens.iter().enumerate().map(charge).collect();
        deployment.key("bank-1", client)?.send_all(charges?).await?;
        Ok(Self { start: network.assert_agreement().await, ..town })
    }
}
