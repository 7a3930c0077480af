//! HMAC-SHA1 with its key prepared: [`MacKey`] for any message, [`Begun`] for signing, where the head of each message is
//! hashed already and three blocks are left.
//!
//! The crate `hmac` prepares a key in the same way, but leaves the padded key on the stack. For signing, the last blocks
//! are laid out at once: to copy and wipe two hashers with their buffers for each sign takes a fifth longer.

use hmac::digest::CtOutput;
use sha1::block_api::compress;
use sha1::{Digest as _, Sha1};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

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

/// A prepared key. The library wipes its states on drop.
#[derive(Clone)]
pub(crate) struct MacKey {
    inner: Sha1,
    outer: Sha1,
}

impl MacKey {
    pub(crate) fn new(secret: &[u8]) -> Self {
        let [inner, outer] = padded(secret).map(|block| Sha1::new_with_prefix(block[0].as_slice()));
        Self { inner, outer }
    }

    /// Whether this is the digest of a message, in a time that does not tell how much of it is right.
    pub(crate) fn is_digest(&self, digest: &[u8], message: &[u8]) -> bool {
        let expected = self.digest(message);
        digest.try_into().is_ok_and(|digest: [u8; MAC_LEN]| {
            CtOutput::<Sha1>::new(expected.into()) == CtOutput::new(digest.into())
        })
    }

    pub(crate) fn digest(&self, message: &[u8]) -> [u8; MAC_LEN] {
        let inner = self.inner.clone().chain_update(message).finalize();
        self.outer.clone().chain_update(inner).finalize().into()
    }
}

/// The key's block with the inner and the outer padding.
fn padded(secret: &[u8]) -> [Zeroizing<[[u8; BLOCK]; 1]>; 2] {
    let mut key = Zeroizing::new([0; BLOCK]);
    if secret.len() > BLOCK {
        key[..MAC_LEN].copy_from_slice(&*Zeroizing::new(<[u8; MAC_LEN]>::from(Sha1::digest(secret))));
    } else {
        key[..secret.len()].copy_from_slice(secret);
    }
    [0x36, 0x5C].map(|pad| Zeroizing::new([key.map(|byte| byte ^ pad)]))
}

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
        let [inner, outer] = padded(secret).map(|block| {
            let mut state = INITIAL;
            compress(&mut state, &*block);
            state
        });
        let mut begun = Self { inner, outer, block: [0; BLOCK], filled: 0, hashed: BLOCK };
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

impl Zeroize for Begun {
    fn zeroize(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
        self.block.zeroize();
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Begun {}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use hmac::{Hmac, KeyInit as _, Mac as _};

    use super::*;
    use crate::{Nonce, Stamp, Validity};

    fn oracle(key: &[u8]) -> Hmac<Sha1> {
        Hmac::new_from_slice(key).expect("any length")
    }

    #[test]
    fn a_digest_is_told_from_others() {
        let key = MacKey::new(b"fake-secret");
        let digest = key.digest(b"message");
        assert!(key.is_digest(&digest, b"message") && !key.is_digest(&digest, b"messagf"));
        for at in 0..MAC_LEN {
            let mut other = digest;
            other[at] ^= 0x80;
            assert!(!key.is_digest(&other, b"message"), "{at}");
        }
        assert!(!key.is_digest(&digest[1..], b"message") && !key.is_digest(b"", b"message"));
    }

    #[test]
    fn wiping_leaves_nothing() {
        let mut begun = Begun::new(b"fake-secret", b"a=fake-key&b=");
        begun.zeroize();
        assert_eq!((begun.inner, begun.outer, begun.block), ([0; 5], [0; 5], [0; BLOCK]));
    }

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
                assert_eq!(
                    MacKey::new(&key).digest(&head),
                    *oracle(&key).chain_update(&head).finalize().into_bytes()
                );
                for tail in &tails {
                    let whole = oracle(&key).chain_update(&head);
                    let expected = whole.chain_update(tail.as_bytes()).finalize().into_bytes();
                    assert_eq!(begun.digest(tail), *expected, "{key_len} {head_len}");
                }
            }
        }
    }
}
