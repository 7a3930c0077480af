//! What a process has used so far.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// Time on the clock and time of processors, from a moment on.
pub struct Meter {
    started: Instant,
    cpu: Duration,
}

impl Meter {
    /// Starts to measure.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now(), cpu: cpu() }
    }

    /// Microseconds of processor time, user and system, of all threads.
    #[must_use]
    pub fn cpu_us(&self) -> f64 {
        cpu().saturating_sub(self.cpu).as_secs_f64() * 1e6
    }

    /// Seconds on the clock.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

/// Processor time of this process, all threads, ended ones too.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Sockets that this process has open.
///
/// # Panics
///
/// Where there is no `/proc`.
#[must_use]
pub fn open_sockets() -> u32 {
    let files = std::fs::read_dir("/proc/self/fd").expect("/proc");
    let links = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    let sockets = links.filter(|link| link.to_string_lossy().starts_with("socket:"));
    u32::try_from(sockets.count()).expect("far fewer")
}

/// Memory of this process that is in use, in KiB. [proc(5)]
///
/// # Panics
///
/// Where there is no `/proc`.
#[must_use]
pub fn resident_kib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("/proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
    line.trim_end_matches("kB").trim().parse().expect("a number")
}
