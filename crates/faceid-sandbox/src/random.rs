//! Numbers that look random. From one seed they are the same each time, so a test that failed can be run again.

use std::sync::atomic::{AtomicU64, Ordering};

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::TryRng as _;
use sha1::Sha1;

/// A seed that nobody has chosen. It has 53 bits, which each reader of JSON takes for the number that it is.
///
/// # Panics
///
/// If the operating system's random source fails.
pub(crate) fn any_seed() -> u64 {
    rand::rngs::SysRng.try_next_u64().expect("the operating system's random source") >> 11
}

/// A sequence of numbers under a key of its own.
pub(crate) struct Random {
    keyed: Hmac<Sha1>,
    count: AtomicU64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self::keyed(&seed.to_be_bytes())
    }

    /// Another sequence, which this one's numbers tell nothing of.
    pub(crate) fn apart(&self, name: &[u8]) -> Self {
        Self::keyed(&self.digest(&[b"apart", name]))
    }

    fn keyed(key: &[u8]) -> Self {
        let keyed = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
        Self { keyed, count: AtomicU64::new(0) }
    }

    /// From the first number on again.
    pub(crate) fn restart(&self) {
        self.count.store(0, Ordering::Relaxed);
    }

    /// The next number.
    pub(crate) fn draw(&self) -> u64 {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        self.mac(&[b"draw", &count.to_be_bytes()])
    }

    /// Whether a draw falls into this part, 0 to 1, of all that there are.
    pub(crate) fn chance(&self, part: f64) -> bool {
        // The upper 53 bits are what a float holds exactly.
        #[expect(clippy::cast_precision_loss, reason = "none is lost of 53 bits")]
        let drawn = (self.draw() >> 11) as f64 / (1_u64 << 53) as f64;
        drawn < part
    }

    /// A number of these parts, the same each time.
    pub(crate) fn mac(&self, parts: &[&[u8]]) -> u64 {
        let digest = self.digest(parts);
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn digest(&self, parts: &[&[u8]]) -> [u8; 20] {
        let mut mac = self.keyed.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}
