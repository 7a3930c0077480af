//! The text that is signed: `a=api_key&b=expire_time&c=current_time&d=random`.

use alloc::vec::Vec;

use crate::{Nonce, SignError, Stamp, Validity};

/// The part that is the same in each sign of a key.
pub(crate) fn head(api_key: &str) -> Vec<u8> {
    [b"a=", api_key.as_bytes(), b"&b="].concat()
}

/// The part that differs: what follows `b=`.
pub(crate) struct Tail {
    bytes: [u8; Self::MAX_LEN],
    len: usize,
}

impl Tail {
    /// Two numbers of up to 20 digits, a nonce, and the names between them.
    pub(crate) const MAX_LEN: usize = 20 + 3 + 20 + 3 + Nonce::MAX_LEN;

    pub(crate) fn new(stamp: &Stamp, validity: Validity) -> Result<Self, SignError> {
        let mut tail = Self { bytes: [0; Self::MAX_LEN], len: 0 };
        tail.push_number(expires_at(stamp, validity)?);
        tail.push(b"&c=");
        tail.push_number(stamp.issued_at);
        tail.push(b"&d=");
        tail.push(stamp.nonce.as_bytes());
        Ok(tail)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    fn push_number(&mut self, number: u64) {
        let mut digits = [0; 20];
        let start = write_decimal(number, &mut digits);
        self.push(&digits[start..]);
    }
}

/// Writes a number at the end of `digits` and tells where it begins.
pub(crate) fn write_decimal(mut number: u64, digits: &mut [u8]) -> usize {
    let mut start = digits.len();
    // Two digits a division: a division waits for the one before.
    while number >= 10 {
        start -= 2;
        let pair = (number % 100) as u8;
        digits[start] = b'0' + pair / 10;
        digits[start + 1] = b'0' + pair % 10;
        number /= 100;
    }
    if number > 0 || start == digits.len() {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
    }
    start
}

/// Field b: 0 says single use.
fn expires_at(stamp: &Stamp, validity: Validity) -> Result<u64, SignError> {
    match validity {
        Validity::Once => Ok(0),
        Validity::Seconds(seconds) => {
            stamp.issued_at.checked_add(u64::from(seconds.get())).ok_or(SignError::ExpiryOverflow)
        }
    }
}

/// The four fields of a raw text, as they stand in it.
pub(crate) struct Fields<'a> {
    pub(crate) api_key: &'a str,
    pub(crate) expires_at: u64,
    pub(crate) issued_at: u64,
    pub(crate) nonce: Nonce,
}

impl<'a> Fields<'a> {
    /// `None` unless the text has exactly the four fields, in order, with values of their kind.
    pub(crate) fn parse(raw: &'a [u8]) -> Option<Self> {
        let mut parts = core::str::from_utf8(raw).ok()?.split('&');
        let mut field = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
        let fields = Self {
            api_key: field("a").filter(|key| !key.is_empty())?,
            expires_at: parse_number(field("b")?)?,
            issued_at: parse_number(field("c")?)?,
            nonce: Nonce::new(field("d")?).ok()?,
        };
        parts.next().is_none().then_some(fields)
    }
}

/// Digits alone: `str::parse` would take a plus sign too.
pub(crate) fn parse_number(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
