//! The single-use signs that were used.

use std::collections::HashMap;
use std::sync::PoisonError;
#[cfg(not(faceid_loom))]
use std::sync::{Mutex, MutexGuard};

#[cfg(faceid_loom)]
use loom::sync::{Mutex, MutexGuard};

/// The signed text of each used sign, and when it was issued.
///
/// The text and not the sign: whatever spelling of the base64 may ever be taken, it is used once.
///
/// None that could still pass is forgotten, although there are many clocks, each of which can be set at any time: what was
/// issued before a certain time is forgotten as a whole, and from then on refused as a whole, whatever a clock says. That
/// time only rises, and only to what each clock refuses for its age: who never sets one back never meets it.
pub(crate) struct UsedSigns {
    used: Mutex<Used>,
    most: usize,
}

#[derive(Default)]
struct Used {
    issued_at: HashMap<Box<[u8]>, u64>,
    /// Those that were issued before are forgotten.
    forgotten_before: u64,
    /// The size at which to forget.
    sweep_at: usize,
}

/// What using a sign up comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Use {
    First,
    Again,
    /// Nobody knows: it is of a time that is forgotten.
    Forgotten,
    NoRoom,
}

impl UsedSigns {
    const FIRST_SWEEP: usize = 4096;

    /// For so many signs.
    pub(crate) fn new(most: usize) -> Self {
        Self { used: Mutex::default(), most }
    }

    /// Uses a sign up. Those that were issued before `oldest` are refused for their age by each clock that there is.
    pub(crate) fn burn(&self, raw: &[u8], issued_at: u64, oldest: u64) -> Use {
        let mut used = self.used();
        if used.issued_at.contains_key(raw) {
            return Use::Again;
        }
        if used.issued_at.len() >= used.sweep_at.max(Self::FIRST_SWEEP).min(self.most)
            && used.forgotten_before < oldest
        {
            used.forgotten_before = oldest;
            used.issued_at.retain(|_, issued_at| *issued_at >= oldest);
            // Twice what is left: each sign is looked at a bounded number of times, on the whole. Where there is no
            // room, it is done once a second at most, as often as `oldest` rises.
            used.sweep_at = used.issued_at.len() * 2;
        }
        if issued_at < used.forgotten_before {
            return Use::Forgotten;
        }
        if used.issued_at.len() >= self.most {
            return Use::NoRoom;
        }
        used.issued_at.insert(raw.into(), issued_at);
        Use::First
    }

    /// Whether this sign was used, as far as it is remembered.
    pub(crate) fn has(&self, raw: &[u8]) -> bool {
        self.used().issued_at.contains_key(raw)
    }

    pub(crate) fn len(&self) -> usize {
        self.used().issued_at.len()
    }

    pub(crate) fn clear(&self) {
        *self.used() = Used::default();
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 10_000;

    #[test]
    fn once_and_only_once() {
        let used = UsedSigns::new(MOST);
        let cases: &[(&[u8], u64, Use)] =
            &[(b"a", 1, Use::First), (b"b", 1, Use::First), (b"a", 1, Use::Again), (b"b", 2, Use::Again)];
        for (raw, issued_at, expected) in cases {
            assert_eq!(used.burn(raw, *issued_at, 0), *expected);
        }
    }

    #[test]
    fn memory_is_bounded_by_the_window() {
        let used = UsedSigns::new(MOST);
        let mut largest = 0;
        for now in 0..100_000_u64 {
            assert_eq!(used.burn(&now.to_be_bytes(), now, now.saturating_sub(1000)), Use::First);
            largest = largest.max(used.len());
        }
        assert!(largest <= UsedSigns::FIRST_SWEEP, "{largest}");
        assert_eq!(used.burn(&99_999_u64.to_be_bytes(), 99_999, 98_999), Use::Again);
    }

    #[test]
    fn none_that_could_pass_is_forgotten() {
        let used = UsedSigns::new(MOST);
        for number in 0..MOST {
            assert_eq!(used.burn(&number.to_be_bytes(), 5000, 4000), Use::First);
        }
        // the sign, its time of issue, the oldest that a clock takes, what comes of it, how many are remembered
        let cases: &[(&[u8], u64, u64, Use, usize)] = &[
            (b"new", 5000, 4000, Use::NoRoom, MOST),
            (b"new", 6000, 5000, Use::NoRoom, MOST),
            (&0_usize.to_be_bytes(), 5000, 5000, Use::Again, MOST),
            // All of them are refused by now, for their age.
            (b"new", 6001, 5001, Use::First, 1),
            // A clock is set back, and shows their time again.
            (&0_usize.to_be_bytes(), 5000, 4000, Use::Forgotten, 1),
            (b"never seen", 5000, 4000, Use::Forgotten, 1),
            (b"in time", 5001, 4000, Use::First, 2),
            (b"new", 6001, 4000, Use::Again, 2),
        ];
        for (raw, issued_at, oldest, expected, remembered) in cases {
            assert_eq!(used.burn(raw, *issued_at, *oldest), *expected, "{issued_at}, {oldest}");
            assert_eq!(used.len(), *remembered, "{issued_at}, {oldest}");
        }
        used.clear();
        assert_eq!(used.burn(b"never seen", 5000, 4000), Use::First);
    }

    #[test]
    fn of_many_at_once_one_wins() {
        let used = UsedSigns::new(MOST);
        let won: usize = std::thread::scope(|scope| {
            let burn = || usize::from(used.burn(b"the same", 1, 0) == Use::First);
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(burn)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
    }
}
