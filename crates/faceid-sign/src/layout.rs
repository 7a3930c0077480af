//! How a sign is laid out in base64: digest, head, tail.
//!
//! The digest's last two bytes share a group of three with the head's first byte. From there on the groups are the same
//! in each sign, up to the one or two bytes that share a group with the tail.

use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::claims::MAC_LEN;
use crate::raw::Tail;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING: u8 = b'=';

/// The digest and the byte that fills its last group.
const OPENING: usize = MAC_LEN + 1;
/// The most that a group shares with the tail.
const REST: usize = 2;
/// Whole groups of that and a tail.
const CLOSING: usize = (REST + Tail::MAX_LEN).next_multiple_of(3);
const _: () = assert!(CLOSING < REST + Tail::MAX_LEN + 3);

/// The head as it stands in each sign.
#[derive(Clone)]
pub(crate) struct Layout {
    head_len: usize,
    first: u8,
    /// Base64 of the groups that are the head's alone.
    groups: Vec<u8>,
    rest: [u8; REST],
    rest_len: usize,
}

impl Layout {
    /// The head is not empty.
    pub(crate) fn new(head: &[u8]) -> Self {
        let groups = head[1..].chunks_exact(3);
        let mut rest = [0; REST];
        let rest_len = groups.remainder().len();
        rest[..rest_len].copy_from_slice(groups.remainder());
        let groups = STANDARD.encode(&head[1..head.len() - rest_len]).into_bytes();
        Self { head_len: head.len(), first: head[0], groups, rest, rest_len }
    }

    /// The length of a sign with a tail of this length.
    pub(crate) const fn sign_len(&self, tail: usize) -> usize {
        (MAC_LEN + self.head_len + tail).div_ceil(3) * 4
    }

    /// Writes what does not need the digest. `out` has exactly the length of the sign; the tail may be padded already.
    #[inline]
    pub(crate) fn write(&self, tail: &Tail, out: &mut [u8]) {
        let (groups, closing) = out[OPENING / 3 * 4..].split_at_mut(self.groups.len());
        groups.copy_from_slice(&self.groups);

        let mut bytes = [0; CLOSING];
        bytes[..REST].copy_from_slice(&self.rest);
        bytes[self.rest_len..self.rest_len + Tail::MAX_LEN].copy_from_slice(tail.longest());
        let len = self.rest_len + tail.len();
        bytes[len] = 0;
        encode(
            bytes.chunks_exact(3).map(|group| u32::from_be_bytes([0, group[0], group[1], group[2]])),
            closing,
        );
        match (len % 3, closing) {
            (1, [.., second, first]) => (*second, *first) = (PADDING, PADDING),
            (2, [.., first]) => *first = PADDING,
            _ => {}
        }
    }

    /// Writes the digest.
    #[inline]
    pub(crate) fn write_digest(&self, digest: [u32; 5], out: &mut [u8]) {
        let [first, second, third, fourth, fifth] = digest;
        let groups = [
            first >> 8,
            (first << 16) + (second >> 16),
            (second << 8) + (third >> 24),
            third,
            fourth >> 8,
            (fourth << 16) + (fifth >> 16),
            (fifth << 8) + u32::from(self.first),
        ];
        encode(groups.into_iter(), &mut out[..OPENING / 3 * 4]);
    }
}

/// As many groups, each in the low 24 bits, as `out` has room for.
#[inline]
fn encode(groups: impl Iterator<Item = u32>, out: &mut [u8]) {
    for (out, group) in out.chunks_exact_mut(4).zip(groups) {
        let [first, last] = [group >> 12, group].map(|half| u32::from(PAIRS[half as usize & 0xFFF]));
        out.copy_from_slice(&(first + (last << 16)).to_le_bytes());
    }
}

/// Two characters for each twelve bits: half the look-ups. The library's encoder is made for longer texts, and takes a
/// tenth of the time of a sign more.
static PAIRS: [u16; 4096] = {
    let mut pairs = [0; 4096];
    let mut at = 0;
    while at < pairs.len() {
        pairs[at] = u16::from_le_bytes([ALPHABET[at >> 6], ALPHABET[at & 0x3F]]);
        at += 1;
    }
    pairs
};
