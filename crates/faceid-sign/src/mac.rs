//! HMAC-SHA1 for signing: prepared with the key and the head of each message, so that three blocks are left to hash.
//!
//! The crate `hmac`, which verifies, can be prepared in the same way, but copies and wipes two hashers with their buffers
//! for each message. A sign takes a fifth longer so.

use sha1::block_api::compress;
use sha1::{Digest as _, Sha1};
use zeroize::{Zeroize as _, Zeroizing};

use crate::claims::MAC_LEN;
use crate::raw::Tail;

const BLOCK: usize = 64;
/// What SHA-1 adds to a message at least: one bit, in a byte, and the length.
const PADDING: usize = 1 + 8;
/// What is left of a head, a tail and the padding always fit.
const BLOCKS: usize = 2;
const _: () = assert!(BLOCK - 1 + Tail::MAX_LEN + PADDING <= BLOCKS * BLOCK);

/// The state of SHA-1 before any message.
const INITIAL: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];

/// A key and the head of the messages. It is wiped on drop.
#[derive(Clone)]
pub(crate) struct Begun {
    /// After the inner padding and the whole blocks of the head.
    inner: [u32; 5],
    /// After the outer padding.
    outer: [u32; 5],
    /// What is left of the head, and zeros.
    block: [u8; BLOCK],
    filled: usize,
    /// Bytes that `inner` has gone through.
    hashed: usize,
}

impl Begun {
    pub(crate) fn new(secret: &[u8], head: &[u8]) -> Self {
        let mut key = Zeroizing::new([0; BLOCK]);
        if secret.len() > BLOCK {
            key[..MAC_LEN].copy_from_slice(&Sha1::digest(secret));
        } else {
            key[..secret.len()].copy_from_slice(secret);
        }
        let padded = |pad: u8| {
            let mut state = INITIAL;
            compress(&mut state, &[*Zeroizing::new(key.map(|byte| byte ^ pad))]);
            state
        };
        let mut begun =
            Self { inner: padded(0x36), outer: padded(0x5C), block: [0; BLOCK], filled: 0, hashed: BLOCK };
        for part in head.chunks(BLOCK) {
            begun.block = [0; BLOCK];
            begun.block[..part.len()].copy_from_slice(part);
            begun.filled = part.len() % BLOCK;
            if begun.filled == 0 {
                compress(&mut begun.inner, &[begun.block]);
                begun.hashed += BLOCK;
                begun.block = [0; BLOCK];
            }
        }
        begun
    }

    /// The digest of the head and this tail.
    pub(crate) fn digest(&self, tail: &Tail) -> [u8; MAC_LEN] {
        let tail = tail.as_bytes();
        let mut blocks = [[0; BLOCK]; BLOCKS];
        blocks[0] = self.block;
        let message = blocks.as_flattened_mut();
        let end = self.filled + tail.len();
        message[self.filled..end].copy_from_slice(tail);
        let used = if end + PADDING <= BLOCK { 1 } else { 2 };
        pad(&mut message[..used * BLOCK], end, self.hashed + end);
        let mut state = self.inner;
        compress(&mut state, &blocks[..used]);

        let mut block = [0; BLOCK];
        block[..MAC_LEN].copy_from_slice(&bytes(state));
        pad(&mut block, MAC_LEN, BLOCK + MAC_LEN);
        let mut state = self.outer;
        compress(&mut state, &[block]);
        bytes(state)
    }
}

/// Ends a message: `end` is where it stops in its last blocks, `len` its whole length.
fn pad(blocks: &mut [u8], end: usize, len: usize) {
    blocks[end] = 0x80;
    let bits = len as u64 * 8;
    let at = blocks.len() - size_of_val(&bits);
    blocks[at..].copy_from_slice(&bits.to_be_bytes());
}

fn bytes(state: [u32; 5]) -> [u8; MAC_LEN] {
    let mut bytes = [0; MAC_LEN];
    for (bytes, word) in bytes.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use hmac::{Hmac, KeyInit as _, Mac as _};

    use super::*;
    use crate::{Nonce, Stamp, Validity};

    #[test]
    fn it_is_hmac_for_keys_heads_and_tails_of_each_length() {
        let validities = [Validity::Once, Validity::default()];
        let tails = (0..20).flat_map(|digits| validities.map(|validity| (10_u64.pow(digits) - 1, validity)));
        let tails: vec::Vec<_> = tails
            .flat_map(|(issued_at, validity)| {
                ["0", "0123456789"].map(|nonce| {
                    let stamp = Stamp::new(issued_at, Nonce::new(nonce).expect("digits"));
                    Tail::new(&stamp, validity).expect("it fits")
                })
            })
            .collect();
        for key_len in [0, 1, 63, 64, 65, 200] {
            let key = vec![0xA5; key_len];
            for head_len in 0..200 {
                let head = vec![0x5A; head_len];
                let begun = Begun::new(&key, &head);
                for tail in &tails {
                    let whole = Hmac::<Sha1>::new_from_slice(&key).expect("any length").chain_update(&head);
                    let expected = whole.chain_update(tail.as_bytes()).finalize().into_bytes();
                    assert_eq!(begun.digest(tail), *expected, "{key_len} {head_len}");
                }
            }
        }
    }
}
