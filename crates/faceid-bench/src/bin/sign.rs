//! What a sign costs: ours, other ways to make the same, and the three compressions that none can do without.
//!
//! The ways take turns in short batches, so that whatever else the machine does meets all of them.

#![forbid(unsafe_code)]

use std::hint::black_box;
use std::time::Instant;

use faceid_bench::{API_KEY, API_SECRET, naive, report};
use faceid_sign::{Credentials, Nonce, Stamp, Validity};
use rand::TryRng as _;

const BATCH: u32 = 500;
const TURNS: usize = 301;

const ISSUED_AT: u64 = 1_530_762_118;
const EXPIRES_AT: u64 = ISSUED_AT + 100;
/// Everyone has it as text.
const RANDOM: &str = "0799687066";
const SIGN: &str = "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZjPT\
                    E1MzA3NjIxMTgmZD0wNzk5Njg3MDY2";

fn main() {
    let credentials = Credentials::new(API_KEY, API_SECRET).expect("a pair");
    let stamp = Stamp::new(ISSUED_AT, Nonce::new(RANDOM).expect("digits"));
    let mut buffer = [0; 128];
    let into = credentials.sign_into(black_box(&stamp), Validity::default(), &mut buffer).expect("a sign");
    assert_eq!(into, SIGN.as_bytes());
    for other in [with_naive(), with_ring(&ring_key()), with_aws_lc()] {
        assert_eq!(other, SIGN);
    }

    let mut state = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    let blocks = [[0x61; 64]; 2];
    let mut ways: Vec<(&str, Box<dyn FnMut()>)> = vec![
        ("into", {
            let credentials = credentials.clone();
            Box::new(move || {
                let signed =
                    credentials.sign_into(black_box(&stamp), Validity::default(), black_box(&mut buffer));
                black_box(signed.expect("a sign"));
            })
        }),
        ("signature", {
            let credentials = credentials.clone();
            Box::new(move || drop(black_box(credentials.sign(black_box(&stamp), Validity::default()))))
        }),
        ("verify", {
            let credentials = credentials.clone();
            Box::new(move || drop(black_box(credentials.verify(black_box(SIGN), ISSUED_AT))))
        }),
        ("fresh", {
            Box::new(move || {
                let stamp = Stamp::now().expect("a clock");
                drop(black_box(credentials.sign(&stamp, Validity::default())));
            })
        }),
        ("naive", Box::new(|| drop(black_box(with_naive())))),
        (
            "naive_fresh",
            Box::new(|| drop(black_box(naive::sign_now(black_box(API_KEY), black_box(API_SECRET))))),
        ),
        ("random", Box::new(|| _ = black_box(rand::rngs::SysRng.try_next_u64()))),
        ("ring", Box::new(|| drop(black_box(with_ring(&ring_key()))))),
        ("ring_prepared", {
            let key = ring_key();
            Box::new(move || drop(black_box(with_ring(black_box(&key)))))
        }),
        ("aws_lc", Box::new(|| drop(black_box(with_aws_lc())))),
        (
            "bare",
            Box::new(move || {
                // Two blocks of a message, then one over its digest.
                sha1::block_api::compress(black_box(&mut state), black_box(&blocks));
                sha1::block_api::compress(black_box(&mut state), black_box(&blocks[..1]));
            }),
        ),
    ];

    let mut times = vec![Vec::with_capacity(TURNS); ways.len()];
    for _ in 0..TURNS {
        for ((_, way), times) in ways.iter_mut().zip(&mut times) {
            let started = Instant::now();
            for _ in 0..BATCH {
                way();
            }
            times.push(started.elapsed().as_secs_f64() * 1e9 / f64::from(BATCH));
        }
    }
    let names = ways.iter().map(|(name, _)| *name);
    report::print(names.zip(times.into_iter().map(report::median)));
}

fn raw() -> String {
    naive::raw(black_box(API_KEY), black_box(EXPIRES_AT), black_box(ISSUED_AT), black_box(RANDOM))
}

fn with_naive() -> String {
    naive::sign(black_box(API_SECRET), &raw())
}

fn ring_key() -> ring::hmac::Key {
    ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, black_box(API_SECRET).as_bytes())
}

fn with_ring(key: &ring::hmac::Key) -> String {
    let raw = raw();
    naive::join(ring::hmac::sign(key, raw.as_bytes()).as_ref(), &raw)
}

fn with_aws_lc() -> String {
    use aws_lc_rs::hmac;

    let raw = raw();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, black_box(API_SECRET).as_bytes());
    naive::join(hmac::sign(&key, raw.as_bytes()).as_ref(), &raw)
}
