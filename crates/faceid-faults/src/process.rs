//! What a process takes of the machine, as Linux tells it. Elsewhere nothing is told.

use std::fs;

/// What a process takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Resident memory in bytes.
    pub resident: u64,
    /// The most it was, in bytes.
    pub peak: u64,
    /// Threads.
    pub threads: u64,
}

/// What that process takes; `self` is this one.
#[must_use]
pub fn usage(process: &str) -> Option<Usage> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let figure = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
    };
    Some(Usage {
        resident: figure("VmRSS")? * 1024,
        peak: figure("VmHWM")? * 1024,
        threads: figure("Threads")?,
    })
}

/// Begins the peak of this process anew, and tells what it takes now.
#[must_use]
pub fn begin_peak() -> Option<Usage> {
    fs::write("/proc/self/clear_refs", "5").ok()?;
    usage("self")
}

/// How many files and sockets this process has open.
#[must_use]
pub fn open_files() -> Option<usize> {
    fs::read_dir("/proc/self/fd").ok().map(Iterator::count)
}
