//! What is left of a time.

use ureq::unversioned::transport::NextTimeout;
use ureq::unversioned::transport::time::{Duration, Instant};

/// ureq takes zero as "no limit was set", and grants a second.
pub(crate) const NOTHING_LEFT: Duration = Duration::from_millis(1);

/// What is left of one that began then.
pub(crate) fn left(timeout: NextTimeout, started: Instant, now: Instant) -> NextTimeout {
    let after = match (timeout.after, started, now) {
        (Duration::Exact(after), Instant::Exact(started), Instant::Exact(now)) => {
            Duration::Exact(after.saturating_sub(now.saturating_duration_since(started))).max(NOTHING_LEFT)
        }
        (after, ..) => after,
    };
    NextTimeout { after, ..timeout }
}
