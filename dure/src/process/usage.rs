//! How much memory a process holds, from `/proc`.

use std::fs;

/// Resident memory of `pid` in MiB (1,048,576 bytes), rounded up; `None` when the system does not tell.
pub fn resident_mb(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib.div_ceil(1024))
}
