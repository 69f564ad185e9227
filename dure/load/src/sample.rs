//! Times of one kind, and what to say of them.

use std::time::Duration;

/// Times, in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Sample(Vec<u64>);

impl Sample {
    /// One more.
    pub fn add(&mut self, time: Duration) {
        self.0.push(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Half of them took at most this long, ms.
    pub fn p50(&self) -> f64 {
        self.quantile(50)
    }

    /// All but one of a hundred took at most this long, ms.
    pub fn p99(&self) -> f64 {
        self.quantile(99)
    }

    /// The nearest rank of a percentage, ms; 0 without any.
    pub fn quantile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = sorted.len().saturating_mul(percent).div_ceil(100).saturating_sub(1);
        sorted.get(at).map_or(0.0, |micros| Duration::from_micros(*micros).as_secs_f64() * 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::float_cmp, reason = "milliseconds that are whole")]
    fn quantiles_are_nearest_ranks() {
        let mut sample = Sample::default();
        assert_eq!(sample.p50(), 0.0);
        (1..=200).rev().for_each(|ms| sample.add(Duration::from_millis(ms)));
        assert_eq!((sample.p50(), sample.p99()), (100.0, 198.0));
    }
}
