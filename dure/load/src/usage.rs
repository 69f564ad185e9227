//! What a process has used, from `/proc` (proc(5)).

use std::{fs, time::Duration};

/// The kernel's clock ticks, in which `/proc` counts CPU time: 100 a second on every Linux that we run on.
const TICK: Duration = Duration::from_millis(10);

/// CPU time of `pid` in user and kernel mode, all threads; `None` if there is no such process.
pub fn cpu(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in the second field may hold spaces and brackets.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(TICK.saturating_mul(user.saturating_add(system)))
}

/// CPU time of this process.
pub fn own_cpu() -> Duration {
    cpu(std::process::id()).unwrap_or_default()
}

/// A line of the memory status of `pid`, such as `VmRSS:` or `VmHWM:` (its peak), MiB.
pub fn memory_mb(pid: u32, line: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let value = status.lines().find_map(|found| found.strip_prefix(line))?;
    let kib: u32 = value.split_whitespace().next()?.parse().ok()?;
    Some(f64::from(kib) / 1_024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_counted_and_absent_processes_are_not_there() {
        let before = own_cpu();
        while own_cpu() < before.saturating_add(TICK.saturating_mul(3)) {
            std::hint::black_box((0..1_000_000u64).sum::<u64>());
        }
        assert_eq!(cpu(u32::MAX), None);
        let own = |line| memory_mb(std::process::id(), line).unwrap_or_default();
        assert!(own("VmRSS:") > 0.0 && own("VmHWM:") >= own("VmRSS:"));
    }
}
