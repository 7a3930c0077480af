//! A finished sign, and the care it needs.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

/// A finished sign.
///
/// It is a bearer secret until it expires, so it has no `Display`, its `Debug` shows nothing of it, and it is wiped
/// from memory when dropped. [`expose`](Self::expose) gives the text to send.
#[derive(Clone)]
pub struct Signature(pub(crate) Zeroizing<String>);

impl Signature {
    /// The text for the form field `sign`: base64, standard alphabet, padded.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(..)")
    }
}
