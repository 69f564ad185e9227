//! Joins the engine's parts, over any runtime and any network: production and simulation run this very code.

use std::num::{NonZeroU16, NonZeroUsize};
use std::sync::Arc;

use commonware_consensus::Reporter;
use commonware_consensus::marshal::Update;
use commonware_consensus::marshal::standard::Deferred;
use commonware_consensus::types::FixedEpocher;
use commonware_macros::select;
use commonware_p2p::{Blocker, Provider as PeerProvider, Receiver, Sender};
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Metrics, Spawner, Storage};
use commonware_utils::{NZU16, NZUsize};
use futures::channel::mpsc;
use rand_core::CryptoRng;

use super::block::{EngineBlock, PublicKey};
use super::clockwork::set_back;
use super::delivery::{Delivery, deliver};
use super::entrance::Entrance;
use super::epochs::{Epochs, Routes, Tracker};
use super::freshness::Fresh;
use super::missing::MissingFinality;
use super::proposer::Proposer;
use super::schemes::Schemes;
use super::setup::{Channels, Setup};
use super::store::Opening;
use super::voting::Voting;
use crate::engine::Stopped;
use crate::journal::Gate;

/// Page cache of all journals: 4 KiB pages, 8 MiB together.
const PAGE_BYTES: NonZeroU16 = NZU16!(4096);
const PAGES: NonZeroUsize = NZUsize!(2048);

/// Runs a validator until it retires or something fails. What the block store reports goes to `reporter`, which
/// must pass it on to `queue`.
pub(super) async fn run<E, S, R, P, B, T, G, Rep>(
    context: E,
    setup: Setup<P, B, T, G>,
    channels: Channels<S, R>,
    reporter: Rep,
    queue: mpsc::UnboundedReceiver<Update<EngineBlock>>,
) -> Stopped
where
    E: Clock + CryptoRng + Spawner + Storage + Metrics,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
    P: PeerProvider<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
    T: Tracker,
    G: Gate,
    Rep: Reporter<Activity = Update<EngineBlock>>,
{
    let channels = channels.mannered(&setup.blocker);
    let cache = CacheRef::new(PAGE_BYTES, PAGES);
    let epocher = FixedEpocher::new(setup.epoch_blocks);
    let schemes = Schemes::new(&setup.chain, setup.key.clone(), Arc::clone(&setup.app));
    let me = PublicKey::from(setup.key.clone());
    let Ok(me_bytes) = <[u8; 32]>::try_from(me.as_ref()) else {
        return Stopped::Engine("the public key has not 32 bytes".to_owned());
    };

    let link = (channels.backfill, channels.broadcast);
    let opened = Opening { cache: &cache, schemes: &schemes, me: &me, link, reporter };
    let (marshal, known) = match opened.start(&context, &setup).await {
        Ok(started) => started,
        Err(reason) => return Stopped::Engine(reason),
    };
    Entrance { app: &setup.app, schemes: &schemes, marshal: &marshal }.open(known).await;

    let proposer = Proposer {
        app: Arc::clone(&setup.app),
        shared: Arc::clone(&setup.shared),
        marshal: marshal.clone(),
        missing: MissingFinality::new(me_bytes, Arc::clone(&setup.app), marshal.clone()),
        timing: setup.timing,
    };
    let deferred = Deferred::new(context.child("deferred"), proposer, marshal.clone(), epocher);
    let automaton = Fresh::new(context.child("fresh"), deferred.clone(), marshal.clone());

    let (entered, epochs) = mpsc::unbounded();
    let (app, epoch_blocks) = (Arc::clone(&setup.app), setup.epoch_blocks.get());
    let delivery = Delivery { marshal: marshal.clone(), app, epoch_blocks, entered };
    let delivery = context.child("delivery").dedicated().spawn(move |_| deliver(queue, delivery));
    let clock = context.child("clock");
    let routes = Routes::new(&context, channels.vote, channels.certificate, channels.resolver);
    let engines = Epochs {
        context,
        me: me_bytes,
        app: setup.app,
        epoch_blocks,
        schemes,
        marshal,
        voting: Voting {
            automaton,
            relay: deferred,
            blocker: setup.blocker,
            timing: setup.timing,
            cache,
            prefix: setup.prefix,
        },
        tracker: setup.tracker,
        gate: setup.gate,
        routes,
    };
    select! {
        _ = setup.shared.stop_requested() => Stopped::Requested,
        ended = delivery => match ended {
            Ok(reason) => reason,
            Err(error) => Stopped::Engine(format!("block delivery: {error}")),
        },
        () = set_back(&clock) => Stopped::ClockSetBack,
        reason = engines.run(epochs) => reason,
    }
}
