//! What keeps retries from making an outage worse: a budget that all clones of a client share.

#[cfg(faceid_loom)]
use loom::sync::atomic::{AtomicU32, Ordering};
#[cfg(not(faceid_loom))]
use std::sync::atomic::{AtomicU32, Ordering};

/// Tokens for retries.
///
/// A retry takes some; a retry that succeeds gives its own back, and a call that succeeds at the first try gives one.
/// While the service is down the tokens run out, and calls stop asking twice.
#[derive(Debug)]
pub(crate) struct Quota(AtomicU32);

impl Quota {
    const FULL: u32 = 500;
    /// The price of a retry after an error that passes.
    pub(crate) const TRANSIENT: u32 = 14;
    /// The price of a retry after being told to slow down: rarer, as its waits are longer.
    pub(crate) const THROTTLED: u32 = 5;
    /// What a call that succeeds at the first try gives.
    pub(crate) const FIRST_TRY: u32 = 1;

    pub(crate) fn left(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes tokens, unless fewer are left.
    pub(crate) fn take(&self, price: u32) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(price)).is_ok()
    }

    pub(crate) fn give(&self, tokens: u32) {
        let filled = |left: u32| Some(left.saturating_add(tokens).min(Self::FULL));
        // The closure always gives a value, so the update always happens.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, filled);
    }
}

impl Default for Quota {
    fn default() -> Self {
        Self(AtomicU32::new(Self::FULL))
    }
}

/// Repeats that are free, because a pooled connection had gone stale: a client has as many as it can have such
/// connections. Each success leaves one more connection behind, so an outage cannot use them to ask twice for long.
#[derive(Debug)]
pub(crate) struct StaleConnections(AtomicU32);

impl StaleConnections {
    /// The idle connections that each client keeps for a host.
    const POOL: u32 = 64;

    pub(crate) fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    pub(crate) fn succeeded(&self) {
        let filled = |left: u32| (left < Self::POOL).then_some(left + 1);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, filled);
    }
}

impl Default for StaleConnections {
    fn default() -> Self {
        Self(AtomicU32::new(Self::POOL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_run_out_and_come_back() {
        let quota = Quota::default();
        let taken =
            std::iter::repeat_with(|| quota.take(Quota::TRANSIENT)).take_while(|taken| *taken).count();
        assert_eq!((taken, quota.left()), (35, 10));
        assert!(
            quota.take(Quota::THROTTLED) && quota.take(Quota::THROTTLED) && !quota.take(Quota::THROTTLED)
        );
        quota.give(Quota::TRANSIENT);
        assert!(quota.take(Quota::TRANSIENT));
        quota.give(u32::MAX);
        assert_eq!(quota.left(), Quota::FULL);
    }

    #[test]
    fn free_repeats_run_out_and_come_back() {
        let stale = StaleConnections::default();
        stale.succeeded();
        assert_eq!(std::iter::repeat_with(|| stale.take()).take_while(|taken| *taken).count(), 64);
        stale.succeeded();
        assert!(stale.take() && !stale.take());
    }
}
