//! What is left in memory of a pair that was dropped: neither the secret nor the prepared key, which is enough to sign.
#![cfg(target_os = "linux")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use faceid_sign::{Credentials, CredentialsError, Nonce, Stamp, Validity};

/// Keeps what it is given back as it was left: an allocator writes over the beginning of it, and nothing would be found there.
struct Keeping;

#[global_allocator]
static KEEPING: Keeping = Keeping;

#[allow(unsafe_code, reason = "there is no safe allocator")]
// SAFETY: all memory is the system's, and stays valid for ever.
unsafe impl GlobalAlloc for Keeping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

/// A secret, and what to look for: the first words of the secret, and of the two states of SHA-1 after HMAC's pads. Each
/// bit is flipped, so that this list is not found in place of a copy.
struct Case {
    secret: &'static str,
    marks: [[u32; 4]; 3],
}

const CASES: [Case; 2] = [
    Case {
        secret: "fake-secret-of-thirty-two-bytes!",
        marks: [
            [0x9a94_9e99, 0x9c9a_8cd2, 0xd28b_9a8d, 0x8bd2_9990],
            [0x9cb8_2cca, 0x4e64_3471, 0xe8c0_7e9c, 0x9f77_2d76],
            [0x95f1_9334, 0x0f28_6746, 0x4a91_6293, 0xd28e_b5e6],
        ],
    },
    // Longer than a block of SHA-1, so that its digest is the key.
    Case {
        secret: "fake-secret-longer-than-a-block-of-sha1.............................................................",
        marks: [
            [0x9a94_9e99, 0x9c9a_8cd2, 0xd28b_9a8d, 0x9891_9093],
            [0xf6da_0f75, 0xa8e4_542f, 0xbc94_16e9, 0xea19_98ef],
            [0x3e0b_28e8, 0x9d13_dcaa, 0x6206_7977, 0x7ada_c033],
        ],
    },
];

#[test]
fn nothing_is_left_of_a_pair_that_was_dropped() {
    let mut piece = vec![0; 1 << 20];
    for Case { secret, marks } in &CASES {
        let pair = used(secret).expect("a good pair");
        assert_eq!(
            found(marks, &mut piece),
            [1, 2, 2],
            "the secret is kept once, the key for verifying and for signing"
        );
        let other = pair.clone();
        assert_eq!(found(marks, &mut piece), [2, 4, 4], "and so in a clone");
        drop((pair, other));
        assert_eq!(found(marks, &mut piece), [0; 3], "{} bytes", secret.len());
    }
}

/// All that a pair does, once.
#[inline(never)]
fn used(secret: &str) -> Result<Credentials, CredentialsError> {
    let pair = Credentials::new("fake-key", secret)?;
    let now = 1_700_000_000;
    let stamp = Stamp::new(now, Nonce::new("1234567890").expect("digits"));
    let sign = pair.sign(&stamp, Validity::Once).expect("room");
    pair.sign_into(&stamp, Validity::default(), &mut [0; 200]).expect("room");
    assert!(pair.verify(sign.expose(), now).is_ok());
    for other in ["", "AAAA", "bm90IGEgc2lnbiBhdCBhbGw="] {
        assert!(pair.verify(other, now).is_err());
    }
    let of_another = Credentials::new("fake-key", "fake")?.sign(&stamp, Validity::Once).expect("room");
    for sign in [sign.expose(), of_another.expose()] {
        for sign in [sign, &sign[..28], &sign[4..]] {
            let _ = pair.diagnose(sign, now);
        }
    }
    Ok(pair)
}

/// How often each stands in memory that can be written, in this order or, as a register may have held it, from behind.
fn found(marks: &[[u32; 4]; 3], piece: &mut [u8]) -> [usize; 3] {
    const LEN: usize = size_of::<[u32; 4]>();
    let forms = marks.map(|mut mark| {
        let forward = mark.map(u32::to_ne_bytes);
        mark.reverse();
        [forward, mark.map(u32::to_ne_bytes)]
    });
    let maps = fs::read_to_string("/proc/self/maps").expect("its own maps");
    let memory = File::open("/proc/self/mem").expect("its own memory");
    let mut counts = [0; 3];
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (start, end) =
            line.split_once(' ').and_then(|(range, _)| range.split_once('-')).expect("a range");
        let [mut at, end] = [start, end].map(|text| usize::from_str_radix(text, 16).expect("an address"));
        while at + LEN <= end {
            let size = piece.len().min(end - at);
            let read = memory.read_at(&mut piece[..size], at as u64).expect("its own memory");
            assert!(read >= LEN, "{line}");
            for (place, window) in piece[..read].windows(LEN).enumerate() {
                let is = |form: &[[u8; 4]; 4]| {
                    window.iter().zip(form.as_flattened()).all(|(byte, flipped)| *byte == !flipped)
                };
                for (forms, count) in forms.iter().zip(&mut counts) {
                    // What stands in the piece itself stands elsewhere too.
                    let own = || piece.as_ptr_range().contains(&((at + place) as *const u8));
                    *count += usize::from(forms.iter().any(is) && !own());
                }
            }
            // What begins in one piece may end in the next.
            at += read + 1 - LEN;
        }
    }
    counts
}
