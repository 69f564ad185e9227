//! After the healing: what must come about, and by when (I6, I10).

use crate::{
    Violation,
    plan::{ENCORE, FRESH_BLOCKS, PATIENCE},
    promise::Promise,
    scene::{Scene, State},
};

impl State {
    /// After the healing: whether all is well again, or should be by now.
    pub(crate) fn settled(&mut self, scene: &Scene) -> bool {
        let Some(height) = self.healed else { return false };
        let waiting = self.waiting(scene, height);
        if waiting.is_none() && self.now > scene.plan.heal + ENCORE {
            self.note(|| "all is well".to_owned());
            return true;
        }
        if self.now < scene.plan.heal + PATIENCE {
            return false;
        }
        if let Some(violation) = waiting {
            self.judge(Err(violation));
        }
        true
    }

    /// What has not come about yet since the healing at `height`.
    fn waiting(&self, scene: &Scene, height: u64) -> Option<Violation> {
        let i10 = |detail: String| Some(Violation::new("I10 blocks flow again", detail));
        let honest = |node: &usize| scene.plan.is_honest(*node);
        for node in (0..self.fleet.machines.len()).filter(honest) {
            let Some(process) = &self.fleet.machines[node].process else {
                return i10(format!("validator {node} is down"));
            };
            let head = process.ledger.head().height;
            if head < height + FRESH_BLOCKS {
                return i10(format!(
                    "validator {node} is at {head}, the chain was at {height} when all healed"
                ));
            }
            if !self.voted_since[node] {
                return i10(format!("validator {node} has not voted for a block since all healed"));
            }
        }
        if let Some(open) = self.load.open().first() {
            return i10(format!("transaction {open} is in no block, though its client asks everybody"));
        }
        self.promises.iter().find_map(|promise| self.broken(promise))
    }

    fn broken(&self, promise: &Promise) -> Option<Violation> {
        let machine = &self.fleet.machines[promise.node];
        let same_life = machine.lives == promise.life && machine.process.is_some();
        if !same_life || self.chain.receipt(&promise.id).is_some() {
            return None;
        }
        let Promise { id, node, .. } = promise;
        Some(Violation::new("I6 what waits becomes final", format!("validator {node} said that {id} waits")))
    }
}
