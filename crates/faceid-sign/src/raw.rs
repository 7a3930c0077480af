//! The text that is signed: `a=api_key&b=expire_time&c=current_time&d=random`.

use alloc::vec::Vec;

use crate::mac::{BLOCK, BLOCKS};
use crate::{Nonce, SignError, Stamp, Validity};

/// The part that is the same in each sign of a key.
pub(crate) fn head(api_key: &str) -> Vec<u8> {
    [b"a=", api_key.as_bytes(), b"&b="].concat()
}

/// The part that differs: what follows `b=`.
///
/// It is written where it is hashed: in the message's last blocks, behind what is left of the head. Each copy in between
/// costs more than it looks, since a load that spans several stores has to wait for them.
pub(crate) struct Tail {
    pub(crate) blocks: [[u8; BLOCK]; BLOCKS],
    start: usize,
    end: usize,
}

impl Tail {
    /// Two numbers of up to 20 digits, a nonce, and the names between them.
    pub(crate) const MAX_LEN: usize = 20 + 3 + 20 + 3 + Nonce::MAX_LEN;

    /// An empty one behind the first `start` bytes of a block, which are fewer than it has; zeros follow them.
    #[inline]
    pub(crate) fn behind(block: &[u8; BLOCK], start: usize) -> Self {
        Self { blocks: [*block, [0; BLOCK]], start, end: start }
    }

    /// `expires_at` is field b.
    #[inline]
    pub(crate) fn fill(&mut self, stamp: &Stamp, expires_at: u64) {
        let text = self.blocks.as_flattened_mut();
        let mut end = put_number(text, self.start, expires_at);
        end = put(text, end, b"&c=\0", 3);
        end = put_number(text, end, stamp.issued_at);
        end = put(text, end, b"&d=\0", 3);
        self.end = put(text, end, stamp.nonce.padded(), stamp.nonce.as_bytes().len());
    }

    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    /// Where it ends in its blocks.
    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// As much as the longest has.
    #[inline]
    pub(crate) fn longest(&self) -> &[u8] {
        &self.blocks.as_flattened()[self.start..self.start + Self::MAX_LEN]
    }
}

/// Writes all of `bytes`, of which `len` count and zeros follow, and gives back where those that count end.
#[inline]
fn put<const N: usize>(text: &mut [u8], at: usize, bytes: &[u8; N], len: usize) -> usize {
    text[at..at + N].copy_from_slice(bytes);
    at + len
}

/// The same for a number, without zeros in front.
#[inline]
fn put_number(text: &mut [u8], at: usize, number: u64) -> usize {
    let (high, low) = (number / EIGHT_DIGITS, number % EIGHT_DIGITS);
    // Ten digits, as each time until the year 2286 has.
    if (10..100).contains(&high) {
        // As ASCII, the first one lowest.
        let two = 0x3030 + (high / 10) + ((high % 10) << 8);
        let at = put(text, at, &two.to_le_bytes(), 2);
        return put(text, at, &decimal(low), 8);
    }
    put_any(text, at, number)
}

/// A number of any length. It stands apart so that the usual case needs few registers, and few stores that save them: what
/// is hashed next waits for all of those.
#[cold]
fn put_any(text: &mut [u8], at: usize, number: u64) -> usize {
    let end = at + number.checked_ilog10().unwrap_or_default() as usize + 1;
    let mut rest = number;
    for digit in text[at..end].iter_mut().rev() {
        [.., *digit] = decimal(rest % 10);
        rest /= 10;
    }
    end
}

/// The first number that [`decimal`] does not take.
pub(crate) const EIGHT_DIGITS: u64 = 100_000_000;

/// A number as eight digits: all at once, where a loop would wait for one division after the other.
#[inline]
pub(crate) const fn decimal(number: u64) -> [u8; 8] {
    // Two numbers of four digits side by side in one word, then four of two, then eight of one, the first one lowest.
    //
    // 10 486 / 2^20 is a hundredth and 103 / 2^10 a tenth, each a little more. Times a number below 10 000, or below 100, it
    // is too much by less than that hundredth or tenth, so what is cut off makes the quotient exact; and the product does
    // not reach the next number's bits, of which the mask takes away what the shift brings down.
    let fours = number / 10_000 + ((number % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let twos = hundreds + ((fours - hundreds * 100) << 16);
    let tens = ((twos * 103) >> 10) & 0x000F_000F_000F_000F;
    let ones = tens + ((twos - tens * 10) << 8);
    (ones + 0x3030_3030_3030_3030).to_le_bytes()
}

/// Field b: 0 says single use.
pub(crate) fn expires_at(stamp: &Stamp, validity: Validity) -> Result<u64, SignError> {
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
        let (api_key, rest) = core::str::from_utf8(raw).ok()?.strip_prefix("a=")?.split_once('&')?;
        // What no key has could steer the terminal that the claims of a stranger's sign are shown on.
        let is_key = !api_key.is_empty() && api_key.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if is_key { Self::after(api_key, rest) } else { None }
    }

    /// The same, of what stands after the key.
    pub(crate) fn after(api_key: &'a str, rest: &str) -> Option<Self> {
        let (expires_at, rest) = rest.strip_prefix("b=")?.split_once('&')?;
        let (issued_at, rest) = rest.strip_prefix("c=")?.split_once('&')?;
        let nonce = rest.strip_prefix("d=")?;
        Some(Self {
            api_key,
            expires_at: parse_number(expires_at)?,
            issued_at: parse_number(issued_at)?,
            nonce: Nonce::new(nonce).ok()?,
        })
    }
}

/// Digits alone, and no more than a number can have: `str::parse` takes a plus sign, and zeros without end.
pub(crate) fn parse_number(digits: &str) -> Option<u64> {
    const MOST_DIGITS: usize = 20;
    if digits.len() > MOST_DIGITS || digits.starts_with('+') { None } else { digits.parse().ok() }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn eight_digits() {
        let every = (0..10_000).flat_map(|four| [four, four * 10_000, four * 10_001, four * 9_999]);
        for number in every.chain([12_345_678, EIGHT_DIGITS - 1]) {
            assert_eq!(decimal(number), *format!("{number:08}").as_bytes(), "{number}");
        }
    }
}
