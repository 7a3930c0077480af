//! Counts allocations, of a call as `calls` makes it: `allocations WHO URL IN_FLIGHT COUNT`, or of a sign: `allocations
//! sign`. A program of its own, as counting takes time.

#![forbid(unsafe_code)]

use std::alloc::System;
use std::hint::black_box;

use faceid_bench::{API_KEY, API_SECRET, calls, report};
use faceid_sign::{Credentials, Nonce, Stamp, Validity};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// So far; one that grows counts again.
fn count() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [sign] if sign == "sign" => of_a_sign(),
        _ => calls::run(&arguments, Some(count)),
    }
}

fn of_a_sign() {
    const TIMES: u32 = 1000;

    let credentials = Credentials::new(API_KEY, API_SECRET).expect("a pair");
    let stamp = Stamp::new(1_530_762_118, Nonce::new("0799687066").expect("digits"));
    let of = |sign: &mut dyn FnMut()| {
        let before = count();
        (0..TIMES).for_each(|_| sign());
        #[expect(clippy::cast_precision_loss, reason = "far below")]
        let counted = (count() - before) as f64;
        counted / f64::from(TIMES)
    };
    let mut buffer = [0; 128];
    let into = of(&mut || {
        let signed = credentials.sign_into(black_box(&stamp), Validity::default(), black_box(&mut buffer));
        black_box(signed.expect("a sign"));
    });
    let signature = of(&mut || drop(black_box(credentials.sign(black_box(&stamp), Validity::default()))));
    report::print([("into", into), ("signature", signature)]);
}
