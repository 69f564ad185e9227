//! The town in which the histories play.

use dure_score::{
    Genesis,
    genesis::GenesisInstitution,
    ids::Title,
    limits::DAY_MS,
    record::{CampaignTerms, Duties, Institution, MemberClass, MerchantTerms, Role},
};

use super::Pair;
use crate::{
    steps::{OFFICES, SHOPS},
    support::*,
};

/// Duties and quorum of each of [`OFFICES`].
fn institutions() -> Vec<GenesisInstitution> {
    let none = Duties::default();
    let rules = [
        (Duties { bank: true, ..none }, 1),
        (Duties { funder: true, ..none }, 2),
        (Duties { funder: true, ..none }, 1),
        (Duties { registrar: true, ..none }, 1),
        (Duties { registrar: true, ..none }, 2),
        (Duties { operator: true, ..none }, 2),
        (Duties { operator: true, ..none }, 1),
        (Duties { auditor: true, ..none }, 1),
    ];
    let institution = |((name, officers), (duties, quorum)): (&(&str, &[&str]), (Duties, u32))| {
        let name = *name;
        GenesisInstitution {
            bid: bid(name),
            record: Institution {
                name: Title::new(name).unwrap(),
                duties,
                quorum,
                open_proposals: Vec::new(),
            },
            officers: officers.iter().map(|name| key(name).public_key()).collect(),
        }
    };
    OFFICES.iter().zip(rules).map(institution).collect()
}

fn town_genesis(law: bool) -> Genesis {
    let mut coin = coin_terms();
    coin.funder = bid("campus");
    coin.holding_cap = won(900_000);
    if law {
        coin.cash_out_bps = 6_000;
    }
    Genesis {
        coin,
        institutions: institutions(),
        validators: (0..7).map(|n| key(&format!("validator-{n}")).public_key()).collect(),
        epoch_blocks: 8,
        ..genesis()
    }
}

/// Terms by kind: vouchers of one category, points, cashback that may be spent again, short-lived vouchers of a region,
/// and some that contradict themselves.
pub fn terms(kind: u8, funder: &str) -> CampaignTerms {
    let mut terms = voucher_terms();
    terms.funder = bid(funder);
    terms.ceiling = won(40_000 * (1 + u64::from(kind)));
    terms.ends_at = START + 2_000 * DAY_MS;
    terms.monthly_charge_cap = won(8_000);
    match kind {
        0 | 4 => {
            terms.holding_cap = won(9_000);
            terms.person_cap = won(20_000);
        }
        1 | 5 => {
            terms.categories.clear();
            terms.large_merchants = true;
            terms.transferable = true;
            terms.validity_ms = 5 * 365 * DAY_MS;
            terms.charge_bonus_bps = 500;
            terms.cashback_bps = 300;
            terms.monthly_cashback_cap = won(700);
            terms.holding_cap = won(6_000);
            terms.reusable = true;
            terms.reuse_bps = 200;
        }
        2 => {
            terms.categories.clear();
            terms.large_merchants = true;
            terms.charge_bonus_bps = 0;
            terms.cashback_bps = 5_000;
            terms.monthly_cashback_cap = won(40_000);
            terms.reusable = true;
            terms.reuse_bps = 1_000;
            terms.validity_ms = 200 * DAY_MS;
            terms.ceiling = won(200_000);
        }
        3 => {
            terms.categories.clear();
            terms.regions = vec![code("R1")];
            terms.merchants = vec![bid("cafe"), bid("mall")];
            terms.validity_ms = 30 * DAY_MS;
            terms.starts_at = START + DAY_MS;
            terms.ends_at = START + 400 * DAY_MS;
        }
        6 => terms.reuse_bps = 1,
        _ => terms.ends_at = terms.starts_at,
    }
    terms
}

/// Three citizens, three shops with staff and tills, four campaigns. With `law`, coin may be cashed out once 60 % are
/// used; else only once the terms are amended.
pub fn city(law: bool) -> Pair {
    let genesis = town_genesis(law);
    let mut ledger = ledger_of(&genesis);
    let mut devices = Vec::new();
    let mut named = |owner: &str, name: &str| devices.push((owner.to_owned(), name.to_owned()));
    for (office, officers) in OFFICES {
        officers.iter().for_each(|officer| named(office, officer));
    }
    for name in ["mina", "jun", "sora"] {
        ledger.citizen(name);
        named(name, name);
    }
    for (name, category, region, large) in SHOPS {
        let terms = MerchantTerms { category: code(category), region: code(region), large };
        ledger.member(name, MemberClass::Merchant(terms));
        named(name, name);
        for (device, role) in [("till", Role::Terminal), ("staff", Role::Staff)] {
            let device = format!("{name}-{device}");
            ledger.ok(name, issue_certificate(name, &device, role));
            named(name, &device);
        }
    }
    for (id, funder) in [(1, "city"), (2, "campus"), (3, "campus"), (4, "city")] {
        let terms = terms(id as u8 - 1, funder);
        let ceiling = terms.ceiling.get() / 2;
        let open = dure_score::call::CampaignOpen { campaign: dure_score::CampaignId(id), terms };
        let issue =
            dure_score::call::TokenIssue { campaign: dure_score::CampaignId(id), amount: won(ceiling) };
        if funder == "city" {
            ledger.by_quorum(dure_score::call::ProposedCall::CampaignOpen(open));
            ledger.by_quorum(dure_score::call::ProposedCall::TokenIssue(issue));
        } else {
            ledger.ok("dean", dure_score::Call::CampaignOpen(open));
            ledger.ok("dean", dure_score::Call::TokenIssue(issue));
        }
    }
    ledger.seen.clear();
    ledger.told.clear();
    ledger.versions = 4;
    Pair { ledger, sent: Vec::new(), devices, mandates: Vec::new(), count: 0 }
}
