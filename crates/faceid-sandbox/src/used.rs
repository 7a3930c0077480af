//! The single-use signs that were used.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The signed text of each used sign, and when it was issued.
///
/// The text and not the sign: whatever spelling of the base64 may ever be taken, it is used once.
pub(crate) struct UsedSigns(Mutex<Used>);

struct Used {
    issued_at: HashMap<Box<[u8]>, u64>,
    /// The size at which those that are refused anyway are forgotten.
    sweep_at: usize,
}

impl UsedSigns {
    const FIRST_SWEEP: usize = 4096;

    /// Uses a sign up; `false` if it was used before. `lives` says of a time of issue whether a sign of that time can
    /// still be taken: if not, it need not be remembered.
    pub(crate) fn burn(&self, raw: &[u8], issued_at: u64, lives: impl Fn(u64) -> bool) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.issued_at.len() >= used.sweep_at {
            used.issued_at.retain(|_, issued_at| lives(*issued_at));
            // Twice what is left: each sign is looked at a bounded number of times, on the whole.
            used.sweep_at = (used.issued_at.len() * 2).max(Self::FIRST_SWEEP);
        }
        used.issued_at.insert(raw.into(), issued_at).is_none()
    }
}

impl Default for UsedSigns {
    fn default() -> Self {
        Self(Mutex::new(Used { issued_at: HashMap::new(), sweep_at: Self::FIRST_SWEEP }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_and_only_once() {
        let used = UsedSigns::default();
        assert!(used.burn(b"a", 1, |_| true));
        assert!(used.burn(b"b", 1, |_| true));
        assert!(!used.burn(b"a", 1, |_| true));
        assert!(!used.burn(b"b", 2, |_| true));
    }

    #[test]
    fn memory_is_bounded_by_the_window() {
        const WINDOW: u64 = 1000;
        let used = UsedSigns::default();
        let mut largest = 0;
        for now in 0..100_000_u64 {
            assert!(used.burn(&now.to_be_bytes(), now, |issued_at| now - issued_at <= WINDOW));
            largest = largest.max(used.0.lock().unwrap().issued_at.len());
        }
        assert!(largest <= UsedSigns::FIRST_SWEEP, "{largest}");
        assert!(!used.burn(&99_999_u64.to_be_bytes(), 99_999, |_| true));
    }

    #[test]
    fn of_many_at_once_one_wins() {
        let used = UsedSigns::default();
        let won: usize = std::thread::scope(|scope| {
            let burn = || usize::from(used.burn(b"the same", 1, |_| true));
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(burn)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
    }
}
