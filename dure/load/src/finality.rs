//! How many transactions are final on every node, from the nodes' own counters: cheap, and counted after the synced write.

use std::{cell::RefCell, net::SocketAddr, rc::Rc, time::Duration};

use tokio::time::sleep;

use crate::http::{Connection, get};

/// How often each node is asked: often beside the seconds that payments on their way last, seldom beside what writing metrics costs a node.
pub(crate) const POLL: Duration = Duration::from_millis(100);

/// Pause before a node that does not answer is asked again.
const PAUSE: Duration = Duration::from_millis(200);

/// The counter.
const METRIC: &str = "dure_ledger_transactions_total{outcome=";

/// What one node has applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// With effect.
    pub(crate) applied: u64,
    /// Without.
    pub(crate) refused: u64,
}

impl Counted {
    pub(crate) fn all(self) -> u64 {
        self.applied.saturating_add(self.refused)
    }
}

/// The nodes' counts. A node that started anew goes on from where it was.
#[derive(Default)]
pub(crate) struct Finality {
    nodes: RefCell<Vec<Line>>,
}

#[derive(Clone, Copy, Default)]
struct Line {
    seen: bool,
    before: Counted,
    now: Counted,
}

impl Line {
    fn total(self) -> Counted {
        Counted {
            applied: self.before.applied.saturating_add(self.now.applied),
            refused: self.before.refused.saturating_add(self.now.refused),
        }
    }
}

impl Finality {
    /// Follows the nodes on the current `LocalSet` until it is dropped there.
    pub(crate) fn follow(nodes: &[SocketAddr]) -> Rc<Self> {
        let lines = RefCell::new(vec![Line::default(); nodes.len()]);
        let finality = Rc::new(Self { nodes: lines });
        for (at, address) in nodes.iter().copied().enumerate() {
            tokio::task::spawn_local(follow(Rc::clone(&finality), at, address));
        }
        finality
    }

    /// Every node's count; `None` before each has answered once.
    pub(crate) fn counts(&self) -> Option<Vec<Counted>> {
        self.nodes.borrow().iter().map(|line| line.seen.then(|| line.total())).collect()
    }

    fn note(&self, at: usize, now: Counted) {
        if let Some(line) = self.nodes.borrow_mut().get_mut(at) {
            if now.all() < line.now.all() {
                line.before = line.total();
            }
            line.now = now;
            line.seen = true;
        }
    }
}

async fn follow(finality: Rc<Finality>, at: usize, address: SocketAddr) {
    let request = get("/metrics");
    loop {
        let Ok(mut connection) = Connection::open(address).await else {
            sleep(PAUSE).await;
            continue;
        };
        while connection.send(&request).await.is_ok() {
            let Ok(answer) = connection.answer().await else { break };
            finality.note(at, count(&String::from_utf8_lossy(&answer.body)));
            sleep(POLL).await;
        }
        sleep(PAUSE).await;
    }
}

/// The counter in Prometheus' text; a node that has applied nothing yet does not name it.
fn count(text: &str) -> Counted {
    let mut counted = Counted::default();
    for line in text.lines().filter_map(|line| line.strip_prefix(METRIC)) {
        let Some((outcome, value)) = line.split_once("} ") else { continue };
        let value = value.trim().parse().unwrap_or(0);
        match outcome {
            "\"applied\"" => counted.applied = value,
            "\"refused\"" => counted.refused = value,
            _ => {}
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_and_go_on_after_a_restart() {
        let text = "# TYPE dure_ledger_transactions_total counter\n\
            dure_ledger_transactions_total{outcome=\"refused\"} 2\n\
            dure_ledger_transactions_total{outcome=\"applied\"} 40\nother 7\n";
        assert_eq!(count(text), Counted { applied: 40, refused: 2 });
        let finality = Finality { nodes: RefCell::new(vec![Line::default()]) };
        assert_eq!(finality.counts(), None);
        finality.note(0, Counted { applied: 40, refused: 2 });
        finality.note(0, Counted { applied: 5, refused: 0 });
        finality.note(0, Counted { applied: 6, refused: 0 });
        assert_eq!(finality.counts(), Some(vec![Counted { applied: 46, refused: 2 }]));
    }
}
