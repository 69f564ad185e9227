//! Figures for Prometheus: one recorder a process, which every part counts on.

use std::sync::OnceLock;

use metrics::{describe_counter, describe_gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts to count; again, nothing happens.
pub fn start() {
    let handle = || {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        // Another recorder of this process (a node beside the service, in tests) goes on instead of ours.
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::debug!("the figures are another recorder's");
        }
        handle
    };
    RECORDER.get_or_init(handle);
    describe_counter!("dure_http_responses_total", "Answers, by class of status");
    describe_counter!("dure_follower_failures_total", "Troubles of the block follower");
    describe_gauge!("dure_follower_height", "Last block in the service's tables");
    describe_gauge!("dure_event_streams", "Open event streams");
    metrics::counter!("dure_follower_failures_total").increment(0);
}

/// The figures in Prometheus' text format.
pub fn text() -> String {
    RECORDER.get().map(PrometheusHandle::render).unwrap_or_default()
}
