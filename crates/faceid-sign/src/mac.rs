//! HMAC-SHA1 with its key prepared: [`MacKey`] for any message, [`Begun`] for signing, where the head of each message is
//! hashed already and three blocks are left.
//!
//! The crate `hmac` prepares a key in the same way, but leaves the padded key on the stack; and to copy and wipe two
//! hashers with their buffers for each digest takes longer than one of the blocks.

use alloc::boxed::Box;
use core::slice;
use hmac::digest::CtOutput;
use sha1::block_api::compress;
use sha1::{Digest as _, Sha1};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::Nonce;
use crate::claims::MAC_LEN;
use crate::raw::Tail;

pub(crate) const BLOCK: usize = 64;
/// What SHA-1 adds to a message at least: one bit, in a byte, and the length.
const PADDING: usize = 1 + 8;
/// What is left of a head, a tail and the padding always fit; so does the tail with the zeros that are written after it.
pub(crate) const BLOCKS: usize = 2;
const _: () = assert!(BLOCK - 1 + Tail::MAX_LEN + PADDING <= BLOCKS * BLOCK);
const _: () = assert!(BLOCK - 1 + Tail::MAX_LEN - Nonce::MAX_LEN + Nonce::ROOM <= BLOCKS * BLOCK);

/// What the key is padded with. [RFC 2104, section 2]
const INNER: u8 = 0x36;
const OUTER: u8 = 0x5C;

/// The state of SHA-1 before any message.
const INITIAL: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];

/// The state of SHA-1 between blocks, and a digest before it is written out.
type State = [u32; 5];

/// A prepared key. It is wiped on drop.
///
/// It stands on the heap, and is made and cloned there: each move would leave a copy behind.
#[derive(Clone)]
pub(crate) struct MacKey(Box<Prepared>);

// A copy is made where it is to stand, which a clone is not.
#[derive(Clone, Copy)]
struct Prepared {
    /// After the inner padding.
    inner: State,
    /// After the outer padding.
    outer: State,
}

impl MacKey {
    pub(crate) fn new(secret: &[u8]) -> Self {
        let mut key = Zeroizing::new([0; BLOCK]);
        if secret.len() > BLOCK {
            key[..MAC_LEN].copy_from_slice(&*Zeroizing::new(<[u8; MAC_LEN]>::from(Sha1::digest(secret))));
        } else {
            key[..secret.len()].copy_from_slice(secret);
        }
        let mut prepared = Box::new(Prepared { inner: INITIAL, outer: INITIAL });
        // In place, the second padding over the first: a copy would be left behind unwiped.
        let Prepared { inner, outer } = &mut *prepared;
        for (state, padding) in [(inner, INNER), (outer, INNER ^ OUTER)] {
            key.iter_mut().for_each(|byte| *byte ^= padding);
            compress(state, slice::from_ref(&*key));
        }
        Self(prepared)
    }

    /// Whether this is the digest of a message, in a time that does not tell how much of it is right.
    pub(crate) fn is_digest(&self, digest: &[u8], message: &[u8]) -> bool {
        let expected = self.digest(message);
        digest.try_into().is_ok_and(|digest: [u8; MAC_LEN]| {
            CtOutput::<Sha1>::new(expected.into()) == CtOutput::new(digest.into())
        })
    }

    pub(crate) fn digest(&self, message: &[u8]) -> [u8; MAC_LEN] {
        let block = outer_block(&self.0.inner, |inner| {
            let mut hashed = BLOCK;
            let mut rest = message;
            while let Some((block, after)) = rest.split_first_chunk() {
                compress(inner, slice::from_ref(block));
                hashed += BLOCK;
                rest = after;
            }
            let mut blocks = [[0; BLOCK]; BLOCKS];
            blocks.as_flattened_mut()[..rest.len()].copy_from_slice(rest);
            compress_last(inner, &mut blocks, rest.len(), hashed);
        });
        let mut digest = [0; MAC_LEN];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(outer(&self.0.outer, &block)) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        digest
    }
}

impl Zeroize for MacKey {
    fn zeroize(&mut self) {
        self.0.inner.zeroize();
        self.0.outer.zeroize();
    }
}

impl Drop for MacKey {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for MacKey {}

/// Ends a message whose last bytes are the first `end` of these blocks, with zeros after them. `hashed` is how many bytes
/// were before.
#[inline]
fn compress_last(state: &mut State, blocks: &mut [[u8; BLOCK]; BLOCKS], end: usize, hashed: usize) {
    let used = if end + PADDING <= BLOCK { 1 } else { 2 };
    let blocks = &mut blocks[..used];
    let message = blocks.as_flattened_mut();
    message[end] = 0x80;
    let bits = (hashed + end) as u64 * 8;
    let at = message.len() - size_of_val(&bits);
    message[at..].copy_from_slice(&bits.to_be_bytes());
    compress(state, blocks);
}

/// The block that the outer digest is made of: the inner digest, which `hash` makes of the state after the inner
/// padding, and the padding.
///
/// Nothing of the padding stands beside the state while that is hashed: a load that spans several stores waits until all
/// before them are done.
#[inline]
fn outer_block(inner: &State, hash: impl FnOnce(&mut State)) -> [u8; BLOCK] {
    const PADDING: [u8; BLOCK] = {
        const BITS: u16 = 8 * (64 + 20);
        assert!(BITS as usize == 8 * (BLOCK + MAC_LEN));
        let mut padding = [0; BLOCK];
        padding[MAC_LEN] = 0x80;
        [padding[BLOCK - 2], padding[BLOCK - 1]] = BITS.to_be_bytes();
        padding
    };

    let mut state = *inner;
    hash(&mut state);
    let mut block = PADDING;
    block[..MAC_LEN].copy_from_slice(state.map(u32::to_be_bytes).as_flattened());
    block
}

/// The digest, as five words.
#[inline]
fn outer(outer: &State, block: &[u8; BLOCK]) -> State {
    let mut state = *outer;
    compress(&mut state, slice::from_ref(block));
    state
}

/// A key and the head of the messages. The key is wiped on drop; the head is no secret.
#[derive(Clone)]
pub(crate) struct Begun {
    /// `inner` has gone through the whole blocks of the head too.
    key: MacKey,
    /// What is left of the head, and zeros.
    block: [u8; BLOCK],
    filled: usize,
    /// Bytes that `inner` has gone through.
    hashed: usize,
}

impl Begun {
    pub(crate) fn new(mut key: MacKey, head: &[u8]) -> Self {
        let mut hashed = BLOCK;
        let mut rest = head;
        while let Some((block, after)) = rest.split_first_chunk() {
            compress(&mut key.0.inner, slice::from_ref(block));
            hashed += BLOCK;
            rest = after;
        }
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        Self { key, block, filled: rest.len(), hashed }
    }

    /// A tail to fill.
    #[inline]
    pub(crate) fn tail(&self) -> Tail {
        Tail::behind(&self.block, self.filled)
    }

    /// The inner digest of the head and this tail, padded for [`outer`](Self::outer). The tail's blocks are used up.
    #[inline]
    pub(crate) fn inner(&self, tail: &mut Tail) -> [u8; BLOCK] {
        let end = tail.end();
        outer_block(&self.key.0.inner, |state| compress_last(state, &mut tail.blocks, end, self.hashed))
    }

    /// The digest, as five words.
    #[inline]
    pub(crate) fn outer(&self, inner: &[u8; BLOCK]) -> State {
        outer(&self.key.0.outer, inner)
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, vec};

    use hmac::{Hmac, KeyInit as _, Mac as _};

    use super::*;
    use crate::{Nonce, Stamp};

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
        let mut key = MacKey::new(b"fake-secret");
        key.zeroize();
        assert_eq!((key.0.inner, key.0.outer), ([0; 5], [0; 5]));
    }

    #[test]
    fn it_is_hmac_for_keys_heads_and_tails_of_each_length() {
        let stamps = (0..20).flat_map(|digits| {
            ["0", "0123456789"]
                .map(|nonce| Stamp::new(10_u64.pow(digits) - 1, Nonce::new(nonce).expect("digits")))
        });
        let stamps: vec::Vec<_> = stamps.collect();
        for key_len in [0, 1, 63, 64, 65, 200] {
            let secret = vec![0xA5; key_len];
            let key = MacKey::new(&secret);
            for head_len in 0..200 {
                let head = vec![0x5A; head_len];
                let begun = Begun::new(key.clone(), &head);
                assert_eq!(key.digest(&head), *oracle(&secret).chain_update(&head).finalize().into_bytes());
                for (stamp, expires_at) in stamps
                    .iter()
                    .flat_map(|stamp| [(stamp, 0), (stamp, stamp.issued_at().saturating_add(100))])
                {
                    let mut tail = begun.tail();
                    tail.fill(stamp, expires_at);
                    let text = format!("{expires_at}&c={}&d={}", stamp.issued_at(), stamp.nonce());
                    assert_eq!(&tail.longest()[..tail.len()], text.as_bytes());
                    let digest = begun.outer(&begun.inner(&mut tail)).map(u32::to_be_bytes);
                    let expected =
                        oracle(&secret).chain_update(&head).chain_update(text).finalize().into_bytes();
                    assert_eq!(digest.as_flattened(), &*expected, "{key_len} {head_len}");
                }
            }
        }
    }
}
