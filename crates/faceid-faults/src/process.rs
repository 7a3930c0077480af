//! What a process takes of the machine, as Linux tells it. Elsewhere nothing is told.

use std::fs;
use std::io;
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

/// How many bytes have come to a socket of this machine, from that peer, that its process has not read yet. `None` where
/// the socket is gone.
///
/// # Errors
///
/// Where this cannot be seen.
pub(crate) fn unread(socket: SocketAddr, peer: SocketAddr) -> io::Result<Option<usize>> {
    let hex = |address: SocketAddr| match address.ip() {
        IpAddr::V4(ip) => Ok(format!("{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port())),
        IpAddr::V6(_) => Err(io::ErrorKind::Unsupported),
    };
    let ends = format!(" {} {} ", hex(socket)?, hex(peer)?);
    // The list is read in pieces, and one that is in it may be passed over while others come and go.
    for _ in 0..5 {
        let sockets = fs::read_to_string("/proc/net/tcp")?;
        if let Some((_, rest)) = sockets.split_once(&ends) {
            // The state, and how much waits to be sent and to be read.
            let received = rest.split(' ').nth(1).and_then(|queues| queues.split_once(':'));
            let received = received.and_then(|(_, received)| usize::from_str_radix(received, 16).ok());
            return received.map(Some).ok_or_else(|| io::ErrorKind::InvalidData.into());
        }
    }
    Ok(None)
}

/// How many files and sockets this process has open.
#[must_use]
pub fn open_files() -> Option<usize> {
    fs::read_dir("/proc/self/fd").ok().map(Iterator::count)
}
