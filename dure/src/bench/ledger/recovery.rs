//! What the death of a validator costs the others, and how fast it is back: each node in turn is killed under load.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    heads::Heads,
    latency::steady,
    world::{World, generate},
};
use crate::{console::say, error::DureError};

/// How long the usual time between blocks is watched.
const USUAL: Duration = Duration::from_secs(3);
/// How long a node stays dead.
const DEAD: Duration = Duration::from_secs(5);
/// Pause between two deaths.
const PAUSE: Duration = Duration::from_secs(2);
/// Longest wait until a node has caught up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Blocks that a node that has caught up may be behind: it is asked a moment later than the others.
const BEHIND: u64 = 2;
/// Longest time of one death with all that belongs to it, s: so much load is prepared.
const DEATH_S: f64 = 25.0;

/// What was found.
pub struct Recovery {
    /// The longest pause of finality beyond the usual interval, ms.
    pub death_ms: f64,
    /// The longest time from a start to being level with the others, s.
    pub catch_up_s: f64,
    /// All of it, for the record.
    pub raw: Value,
}

/// Kills `deaths` validators one after the other while `rate` payments a second go on.
pub async fn measure(world: &mut World, rate: f64, deaths: usize) -> Result<Recovery, DureError> {
    let span = DEATH_S * f64::from(u32::try_from(deaths).unwrap_or(1));
    let spec = world.spec(&steady(rate, (0.0, span)));
    // The load goes on until all is seen; then it is cut off.
    tokio::select! {
        ended = generate(&spec) => {
            ended?;
            Err(DureError::Late { what: "all nodes are back".to_owned(), seconds: PATIENCE.as_secs() })
        }
        seen = watch(world, deaths) => seen,
    }
}

async fn watch(world: &mut World, deaths: usize) -> Result<Recovery, DureError> {
    let heads = Heads::new();
    let (mut rows, mut death_ms, mut catch_up_s) = (Vec::new(), 0f64, 0f64);
    // The generator signs first; blocks are full once it sends.
    sleep(PAUSE + PAUSE).await;
    for victim in 0..deaths {
        let row = one(world, &heads, victim % world.addresses.len().max(1)).await?;
        say(&format!(
            "  node {} died: longest pause {:.0} ms (usually {:.0} ms), level again {:.1} s after its start",
            row.victim, row.pause_ms, row.usual_ms, row.back_s
        ));
        death_ms = death_ms.max(row.pause_ms - row.usual_ms);
        catch_up_s = catch_up_s.max(row.back_s);
        rows.push(json!({
            "node": row.victim, "pause_ms": row.pause_ms, "usual_ms": row.usual_ms, "back_s": row.back_s,
        }));
        sleep(PAUSE).await;
    }
    Ok(Recovery { death_ms, catch_up_s, raw: Value::Array(rows) })
}

struct Row {
    victim: usize,
    usual_ms: f64,
    pause_ms: f64,
    back_s: f64,
}

async fn one(world: &mut World, heads: &Heads, victim: usize) -> Result<Row, DureError> {
    let survivor = world.addresses.iter().enumerate().find(|(at, _)| *at != victim).map(|(_, node)| *node);
    let dead = world.addresses.get(victim).copied();
    let (Some(survivor), Some(dead)) = (survivor, dead) else {
        return Err(DureError::Data("one node alone has no survivors".to_owned()));
    };
    let mut usual = heads.gaps(survivor, USUAL).await;
    usual.sort_unstable();
    let usual = usual.get(usual.len() / 2).copied().unwrap_or_default();
    world.node(victim)?.kill()?;
    let pause = heads.gaps(survivor, DEAD).await.into_iter().max().unwrap_or_default();
    world.node(victim)?.restart()?;
    let begun = Instant::now();
    loop {
        let (ours, theirs) = (heads.height(dead).await, heads.height(survivor).await);
        if let (Some(ours), Some(theirs)) = (ours, theirs)
            && ours.saturating_add(BEHIND) >= theirs
        {
            break;
        }
        if begun.elapsed() > PATIENCE {
            let what = format!("node {victim} has caught up");
            return Err(DureError::Late { what, seconds: PATIENCE.as_secs() });
        }
        sleep(Duration::from_millis(20)).await;
    }
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let back_s = begun.elapsed().as_secs_f64();
    Ok(Row { victim, usual_ms: ms(usual), pause_ms: ms(pause), back_s })
}
