//! Metrics in Prometheus' text form. Names are an interface: dashboards and alarms depend on them.

use std::{sync::OnceLock, time::Duration};

use dure_score::{Amount, CampaignId};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Installs the recorder of this process, once. Without it measuring does nothing.
pub fn install() {
    HANDLE.get_or_init(|| match PrometheusBuilder::new().install_recorder() {
        Ok(handle) => {
            // Alarms look at rises: what has never happened is zero, not absent.
            metrics::counter!("dure_p2p_blocked_total").absolute(0);
            metrics::counter!("dure_http_connections_refused_total").absolute(0);
            metrics::counter!("dure_stream_refused_total").absolute(0);
            metrics::counter!("dure_stream_cut_total").absolute(0);
            Some(handle)
        }
        Err(error) => {
            tracing::warn!(%error, "metrics are not available");
            None
        }
    });
}

/// All metrics as text.
pub fn render() -> String {
    let handle = HANDLE.get().and_then(Option::as_ref);
    handle
        .map(|handle| {
            handle.run_upkeep();
            handle.render()
        })
        .unwrap_or_default()
}

/// A block was applied.
pub fn block(height: u64, applied: usize, refused: usize, took: Duration) {
    metrics::gauge!("dure_ledger_height").set(float(height));
    metrics::counter!("dure_ledger_transactions_total", "outcome" => "applied").increment(count(applied));
    metrics::counter!("dure_ledger_transactions_total", "outcome" => "refused").increment(count(refused));
    metrics::histogram!("dure_ledger_block_apply_seconds").record(took.as_secs_f64());
}

/// Time between the block's own time and its application here.
pub fn block_delay(delay_ms: u64) {
    metrics::histogram!("dure_ledger_block_delay_seconds")
        .record(Duration::from_millis(delay_ms).as_secs_f64());
}

/// Transactions and bytes that wait.
pub fn mempool(transactions: usize, bytes: usize) {
    metrics::gauge!("dure_mempool_transactions").set(float(count(transactions)));
    metrics::gauge!("dure_mempool_bytes").set(float(count(bytes)));
}

/// A transaction was admitted or turned away; `outcome` is `admitted` or a stable code.
pub fn admission(outcome: &'static str) {
    metrics::counter!("dure_mempool_admissions_total", "outcome" => outcome).increment(1);
}

/// Transactions were not passed on to a peer because too many wait for it; they are offered again later.
pub fn gossip_dropped(transactions: usize) {
    metrics::counter!("dure_gossip_dropped_total").increment(count(transactions));
}

/// Free bytes on the data directory's disk, and whether that is too few to admit transactions (1) or not (0).
pub fn disk(free: u64, full: bool) {
    metrics::gauge!("dure_disk_free_bytes").set(float(free));
    metrics::gauge!("dure_disk_full").set(if full { 1.0 } else { 0.0 });
}

/// Highest block whose transactions and receipts were pruned.
pub fn pruned(height: u64) {
    metrics::gauge!("dure_ledger_pruned_height").set(float(height));
}

/// A peer gave what is not the ledger; `fault` is a stable code.
pub fn peer_fault(fault: &'static str) {
    metrics::counter!("dure_follow_peer_faults_total", "fault" => fault).increment(1);
}

/// A request was refused for who sent it; `code` is the problem's.
pub fn access_refused(code: &'static str) {
    metrics::counter!("dure_access_refused_total", "code" => code).increment(1);
}

/// HTTP connections that are open.
pub fn connections(open: u64) {
    metrics::gauge!("dure_http_connections").set(float(open));
}

/// A connection was closed at once: its address, or all addresses together, hold as many as they may.
pub fn connection_refused() {
    metrics::counter!("dure_http_connections_refused_total").increment(1);
}

/// A subscriber of the block stream was turned away: its address, or all together, hold as many as they may.
pub fn stream_refused() {
    metrics::counter!("dure_stream_refused_total").increment(1);
}

/// A subscriber of the block stream was cut off because it did not read.
pub fn stream_cut() {
    metrics::counter!("dure_stream_cut_total").increment(1);
}

/// Another validator sent what no honest one sends; it was disconnected, and is not let in for a while.
pub fn p2p_blocked() {
    metrics::counter!("dure_p2p_blocked_total").increment(1);
}

/// Coin of a campaign that exists, minor units.
pub fn supply(campaign: CampaignId, existing: Amount) {
    metrics::gauge!("dure_ledger_supply_minor_units", "campaign" => campaign.0.to_string())
        .set(float(existing.get()));
}

/// Coin in a campaign's budget, minor units.
pub fn budget(campaign: CampaignId, budget: Amount) {
    metrics::gauge!("dure_ledger_budget_minor_units", "campaign" => campaign.0.to_string())
        .set(float(budget.get()));
}

/// Whether the books balance (1) or not (0).
pub fn books(balanced: bool) {
    metrics::gauge!("dure_ledger_books_balanced").set(if balanced { 1.0 } else { 0.0 });
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Metrics are floats: exact up to 2^53, which is more won than there is.
fn float(number: u64) -> f64 {
    let high = u32::try_from(number >> 32).unwrap_or(u32::MAX);
    let low = u32::try_from(number & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_become_floats_exactly() {
        assert_eq!(super::float(0), 0.0);
        assert_eq!(super::float(9_007_199_254_740_991), 9_007_199_254_740_991.0);
    }
}
