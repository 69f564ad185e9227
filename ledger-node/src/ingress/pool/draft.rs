//! The content of one block: lanes by their shares, signers in turn.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, btree_map},
    iter::Peekable,
    ops::RangeInclusive,
};

use bytes::Bytes;
use dure_score::{CertId, limits::MAX_VALIDITY_MS};

use super::{
    lane::{Lane, Load, PerLane},
    signer::Item,
    waiting::Waiting,
};

/// A signer's place in a lane's line: those of whom the block has least, then those whose turn it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    taken: usize,
    turn: u64,
    signer: CertId,
    /// Index of its first transaction that was not looked at.
    from: usize,
}

/// A lane's line while a block is filled.
struct Line<'a> {
    first: Peekable<btree_map::Iter<'a, u64, CertId>>,
    again: BinaryHeap<Reverse<Turn>>,
}

impl Line<'_> {
    fn next(&mut self) -> Option<Turn> {
        let first = self.first.peek().map(|(turn, signer)| Turn {
            taken: 0,
            turn: **turn,
            signer: **signer,
            from: 0,
        });
        let again = self.again.peek().map(|place| place.0);
        match (first, again) {
            (Some(first), Some(again)) if again < first => self.again.pop().map(|place| place.0),
            (Some(first), _) => {
                self.first.next();
                Some(first)
            }
            (None, _) => self.again.pop().map(|place| place.0),
        }
    }
}

/// A block in the making.
pub(super) struct Draft<'a> {
    waiting: &'a Waiting,
    lines: PerLane<Line<'a>>,
    in_time: RangeInclusive<u64>,
    items: Vec<Bytes>,
    load: Load,
}

impl<'a> Draft<'a> {
    pub(super) fn new(waiting: &'a Waiting, time_ms: u64) -> Self {
        let line = |lane| Line { first: waiting.line(lane).iter().peekable(), again: BinaryHeap::default() };
        Self {
            waiting,
            lines: PerLane::each(line),
            in_time: time_ms..=time_ms.saturating_add(MAX_VALIDITY_MS),
            items: Vec::new(),
            load: Load::default(),
        }
    }

    /// Control has its share, payments have all but the share of the rest, the rest has what is left. Room that a lane has no use
    /// for is then offered to each again.
    pub(super) fn fill(mut self) -> Vec<Bytes> {
        let (whole, share) = (self.waiting.bounds.block, self.waiting.bounds.share());
        self.take(Lane::Control, share);
        self.take(Lane::Payment, whole.minus(share));
        self.take(Lane::Bulk, whole);
        // Each turn takes something or is the last one.
        loop {
            let before = self.items.len();
            for lane in Lane::ALL {
                self.take(lane, whole);
            }
            if self.items.len() == before {
                return self.items;
            }
        }
    }

    /// Takes from a lane until the block has reached `limit`.
    fn take(&mut self, lane: Lane, limit: Load) {
        while let Some(place) = self.lines.of_mut(lane).next() {
            let Some((at, item)) = self.next_of(&place) else { continue };
            let load = self.load.with(item.wire.len());
            if item.lane != lane {
                self.line_up(place);
                continue;
            }
            if !load.fits(limit) {
                self.line_up(place);
                return;
            }
            self.load = load;
            self.items.push(item.wire.clone());
            let taken = place.taken.saturating_add(1);
            self.line_up(Turn { taken, from: at.saturating_add(1), ..place });
        }
    }

    /// Puts a signer in the line where its next transaction belongs.
    fn line_up(&mut self, place: Turn) {
        if let Some((from, item)) = self.next_of(&place) {
            self.lines.of_mut(item.lane).again.push(Reverse(Turn { from, ..place }));
        }
    }

    /// The signer's next transaction that a block of this time may hold.
    fn next_of(&self, place: &Turn) -> Option<(usize, &'a Item)> {
        let ready = &self.waiting.signer(&place.signer)?.ready;
        let later = ready.iter().enumerate().skip(place.from);
        let mut in_time = later.filter(|(_, item)| self.in_time.contains(&item.valid_until));
        in_time.next().map(|(at, item)| (at, &**item))
    }
}
