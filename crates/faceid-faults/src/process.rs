//! What a process takes of the machine, as Linux tells it. Elsewhere nothing is told.

use std::fs;
use std::net::{IpAddr, SocketAddr};

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

/// How many bytes have come to a socket of this machine, from that peer, that its process has not read yet. `None` where the
/// socket is gone, or this cannot be seen.
pub(crate) fn unread(socket: SocketAddr, peer: SocketAddr) -> Option<usize> {
    let hex = |address: SocketAddr| match address.ip() {
        IpAddr::V4(ip) => Some(format!("{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port())),
        IpAddr::V6(_) => None,
    };
    let ends = format!(" {} {} ", hex(socket)?, hex(peer)?);
    let sockets = fs::read_to_string("/proc/net/tcp").ok()?;
    let (_, rest) = sockets.split_once(&ends)?;
    // The state, and how much waits to be sent and to be read.
    let (_, received) = rest.split(' ').nth(1)?.split_once(':')?;
    usize::from_str_radix(received, 16).ok()
}

/// How many files and sockets this process has open.
#[must_use]
pub fn open_files() -> Option<usize> {
    fs::read_dir("/proc/self/fd").ok().map(Iterator::count)
}
