//! Waiting for something to become true, for so long and no longer.

use std::time::{Duration, Instant};

use crate::error::DureError;

/// How long a step of the main job may take: a hundred times what it needs on an idle machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pause between two looks.
const POLL: Duration = Duration::from_millis(25);

/// Looks until `look` yields something; returns it and how long that took.
pub async fn until<T>(
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Option<T>, DureError>,
) -> Result<(T, Duration), DureError> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(found) = look().await? {
            return Ok((found, begun.elapsed()));
        }
        tokio::time::sleep(POLL).await;
    }
    Err(DureError::Late { what: what.to_owned(), seconds: PATIENCE.as_secs() })
}
