//! The ledger as it is used: validators as processes, payments over HTTP, counted when they are final on all of them.
//!
//! Whatever is held against something else is measured in turn with it, within the same minutes on the same machine.

mod capacity;
pub(super) mod crowd;
mod disk;
mod four;
mod growth;
mod heads;
mod latency;
mod recovery;
mod world;

use dure_load::signature_rate;
use serde_json::json;

use super::{
    figures::Figures,
    machine::{Scratch, cores, cores_f64},
    part::Part,
    scale::Scale,
};
use crate::{console::say, error::DureError, process::Guard};

use crowd::crowd;
use four::Four;
use world::World;

/// Measures the parts that are wanted. What failed is noted among the figures.
pub async fn measure(scale: &Scale, wanted: &dyn Fn(Part) -> bool, guard: &Guard, figures: &mut Figures) {
    if [Part::LedgerMax, Part::Postgres, Part::Latency, Part::Recovery].into_iter().any(wanted) {
        let done = validators(scale, wanted, guard, figures).await;
        figures.note("validators", done);
    }
    if wanted(Part::Accounts) {
        let done = accounts(scale, guard, figures).await;
        figures.note("accounts", done);
    }
    if wanted(Part::Long) {
        let done = long(scale, figures);
        figures.note("long", done);
    }
}

async fn validators(
    scale: &Scale,
    wanted: &dyn Fn(Part) -> bool,
    guard: &Guard,
    figures: &mut Figures,
) -> Result<(), DureError> {
    say("what one core checks of signatures");
    let crowd = crowd(scale.payers, scale.payers);
    let rate = signature_rate(&crowd)?;
    let bound = rate.best_per_s * cores_f64() / 4.0;
    say(&format!("  {:.0} a second; four validators on {} cores: {bound:.0}", rate.best_per_s, cores()));
    figures.set("signature_bound_per_s", bound);
    figures.keep("signatures", json!(rate));
    say("four validators");
    let folder = Scratch::new("ledger")?;
    let mut world = World::found(&folder.0.join("four"), crowd, false, guard)?;
    let measured = Four::new(&mut world, scale, guard, bound).measure(&folder.0, wanted, figures).await;
    world.stop()?;
    measured
}

async fn accounts(scale: &Scale, guard: &Guard, figures: &mut Figures) -> Result<(), DureError> {
    say(&format!("ledgers of {} and {} accounts in turn", scale.few, scale.many));
    let folder = Scratch::new("accounts")?;
    let found = growth::accounts(&folder.0, scale, guard).await?;
    say(&format!("  {:.2} of the speed, {:.0} MiB", found.ratio, found.rss_mb));
    figures.set("accounts_10m_vs_10k", found.ratio);
    figures.set("rss_10m_mb", found.rss_mb);
    figures.keep("accounts", found.raw);
    Ok(())
}

fn long(scale: &Scale, figures: &mut Figures) -> Result<(), DureError> {
    say(&format!("{} payments straight into a ledger", scale.long));
    let folder = Scratch::new("long")?;
    let found = growth::long(&folder.0, scale.long, scale.window)?;
    say(&format!("  afterwards {:.2} of the speed of the first ones", found.ratio));
    figures.set("after_5m_vs_first", found.ratio);
    figures.keep("long", found.raw);
    Ok(())
}
