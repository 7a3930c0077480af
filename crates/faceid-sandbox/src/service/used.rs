//! The single-use signs that were used.

use std::collections::HashMap;
use std::sync::PoisonError;
#[cfg(not(faceid_loom))]
use std::sync::{Mutex, MutexGuard};

#[cfg(faceid_loom)]
use loom::sync::{Mutex, MutexGuard};

/// The signed text of each used sign, and when it was issued.
///
/// The text and not the sign: whatever spelling of the base64 may ever be taken, it is used once. One that could still
/// pass is never forgotten.
pub(crate) struct UsedSigns {
    used: Mutex<Used>,
    most: usize,
}

struct Used {
    issued_at: HashMap<Box<[u8]>, u64>,
    /// The size at which those that are refused anyway are forgotten.
    sweep_at: usize,
    /// When that was done last: once a second is enough where there is no room.
    swept: u64,
}

/// What using a sign up comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Use {
    First,
    Again,
    NoRoom,
}

impl UsedSigns {
    const FIRST_SWEEP: usize = 4096;

    /// For so many signs.
    pub(crate) fn new(most: usize) -> Self {
        let used = Used { issued_at: HashMap::new(), sweep_at: Self::FIRST_SWEEP.min(most), swept: 0 };
        Self { used: Mutex::new(used), most }
    }

    /// Uses a sign up. One that was issued further from `now` than `window` seconds is refused before it comes here.
    pub(crate) fn burn(&self, raw: &[u8], issued_at: u64, now: u64, window: Option<u64>) -> Use {
        let mut used = self.used();
        if used.issued_at.contains_key(raw) {
            return Use::Again;
        }
        if used.issued_at.len() >= used.sweep_at && (used.swept != now || used.sweep_at < self.most) {
            let lives = |issued_at: u64| window.is_none_or(|window| issued_at.abs_diff(now) <= window);
            used.issued_at.retain(|_, issued_at| lives(*issued_at));
            used.swept = now;
            // Twice what is left: each sign is looked at a bounded number of times, on the whole.
            used.sweep_at = (used.issued_at.len() * 2).max(Self::FIRST_SWEEP).min(self.most);
        }
        if used.issued_at.len() >= self.most {
            return Use::NoRoom;
        }
        used.issued_at.insert(raw.into(), issued_at);
        Use::First
    }

    pub(crate) fn len(&self) -> usize {
        self.used().issued_at.len()
    }

    pub(crate) fn clear(&self) {
        self.used().issued_at.clear();
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 10_000;
    const WINDOW: Option<u64> = Some(1000);

    #[test]
    fn once_and_only_once() {
        let used = UsedSigns::new(MOST);
        let cases: &[(&[u8], u64, Use)] =
            &[(b"a", 1, Use::First), (b"b", 1, Use::First), (b"a", 1, Use::Again), (b"b", 2, Use::Again)];
        for (raw, issued_at, expected) in cases {
            assert_eq!(used.burn(raw, *issued_at, 1, WINDOW), *expected);
        }
    }

    #[test]
    fn memory_is_bounded_by_the_window() {
        let used = UsedSigns::new(MOST);
        let mut largest = 0;
        for now in 0..100_000_u64 {
            assert_eq!(used.burn(&now.to_be_bytes(), now, now, WINDOW), Use::First);
            largest = largest.max(used.len());
        }
        assert!(largest <= UsedSigns::FIRST_SWEEP, "{largest}");
        assert_eq!(used.burn(&99_999_u64.to_be_bytes(), 99_999, 99_999, WINDOW), Use::Again);
    }

    #[test]
    fn none_that_could_pass_is_forgotten_to_make_room() {
        let used = UsedSigns::new(MOST);
        for number in 0..MOST {
            assert_eq!(used.burn(&number.to_be_bytes(), 5000, 5000, WINDOW), Use::First);
        }
        let cases: &[(&[u8], u64, Option<u64>, Use)] = &[
            (b"new", 5000, WINDOW, Use::NoRoom),
            (b"new", 6000, WINDOW, Use::NoRoom),
            (&0_usize.to_be_bytes(), 6000, WINDOW, Use::Again),
            (b"new", 1_000_000, None, Use::NoRoom),
            // All of them are refused by now, for their age.
            (b"new", 6001, WINDOW, Use::First),
        ];
        for (raw, now, window, expected) in cases {
            assert_eq!(used.burn(raw, *now, *now, *window), *expected, "{now}");
        }
        assert_eq!(used.len(), 1);
    }

    #[test]
    fn of_many_at_once_one_wins() {
        let used = UsedSigns::new(MOST);
        let won: usize = std::thread::scope(|scope| {
            let burn = || usize::from(used.burn(b"the same", 1, 1, WINDOW) == Use::First);
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(burn)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
    }
}
