//! Every order in which threads can meet in the retry quota and in the sandbox's memory of used signs, tried by loom.
//!
//! What is checked is the very files that the crates are built from.

#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicUsize, Ordering};

use loom::sync::Arc;
use loom::thread;

#[allow(dead_code, reason = "what the crate uses and these checks do not")]
#[path = "../../../src/quota.rs"]
mod quota;
#[allow(dead_code, reason = "what the crate uses and these checks do not")]
#[path = "../../../../faceid-sandbox/src/service/used.rs"]
mod used;

use quota::{Quota, StaleConnections};
use used::{Use, UsedSigns};

fn main() {
    let checks: [(&str, fn()); 7] = [
        ("of two retries that one price is left for, one gets it", two_takes_of_one_price),
        ("no token is lost or made where takes and gifts meet", takes_and_a_gift),
        ("gifts at once never fill it over the brim", gifts_at_the_brim),
        ("free repeats are as many as connections", free_repeats),
        ("of three threads with one sign, one uses it up", one_sign),
        ("where there is room for one, one of two signs is taken", room_for_one),
        ("a sign that is used while others are forgotten is used once", used_while_sweeping),
    ];
    for (name, check) in checks {
        let orders = std::sync::Arc::new(AtomicUsize::new(0));
        let count = std::sync::Arc::clone(&orders);
        loom::model(move || {
            count.fetch_add(1, Ordering::Relaxed);
            check();
        });
        let orders = orders.load(Ordering::Relaxed);
        assert!(orders > 1, "{name}: nothing was interleaved");
        println!("   {name}: {orders} orders");
    }
}

/// Runs all of `bodies` at once, and gives what each returned.
fn at_once<S: Send + Sync + 'static, T: Send + 'static>(shared: &Arc<S>, bodies: &[fn(&S) -> T]) -> Vec<T> {
    let (last, others) = bodies.split_last().expect("a body");
    let threads: Vec<_> = others
        .iter()
        .map(|&body| {
            let shared = Arc::clone(shared);
            thread::spawn(move || body(&shared))
        })
        .collect();
    let own = last(shared);
    let mut results: Vec<T> = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
    results.push(own);
    results
}

/// A quota with so many tokens left, or a few more.
fn quota_with(left: u32) -> Quota {
    let quota = Quota::default();
    assert!(quota.take(quota.left() - left));
    quota
}

fn two_takes_of_one_price() {
    let quota = Arc::new(quota_with(Quota::TRANSIENT));
    let take = |quota: &Quota| quota.take(Quota::TRANSIENT);
    let taken = at_once(&quota, &[take, take]);
    assert_eq!((taken.iter().filter(|taken| **taken).count(), quota.left()), (1, 0));
}

fn takes_and_a_gift() {
    const LEFT: u32 = 20;
    let quota = Arc::new(quota_with(LEFT));
    let take = |quota: &Quota| if quota.take(Quota::TRANSIENT) { Quota::TRANSIENT } else { 0 };
    let give = |quota: &Quota| {
        quota.give(Quota::THROTTLED);
        0
    };
    let taken: u32 = at_once(&quota, &[take, take, give]).iter().sum();
    assert!(taken >= Quota::TRANSIENT);
    assert_eq!(quota.left(), LEFT + Quota::THROTTLED - taken);
}

fn gifts_at_the_brim() {
    let quota = Arc::new(Quota::default());
    let full = quota.left();
    assert!(quota.take(1));
    let give = |quota: &Quota| {
        quota.give(Quota::FIRST_TRY);
        quota.left()
    };
    let seen = at_once(&quota, &[give, give, give]);
    assert!(seen.iter().all(|left| *left <= full) && quota.left() == full);
}

fn free_repeats() {
    let stale = StaleConnections::default();
    let pool = std::iter::repeat_with(|| stale.take()).take_while(|taken| *taken).count();
    assert!(pool > 0);
    stale.succeeded();
    let stale = Arc::new(stale);
    let take = |stale: &StaleConnections| u32::from(stale.take());
    let succeed = |stale: &StaleConnections| {
        stale.succeeded();
        0
    };
    let taken: u32 = at_once(&stale, &[take, take, succeed]).iter().sum();
    let left = std::iter::repeat_with(|| stale.take()).take_while(|taken| *taken).count();
    assert_eq!(usize::try_from(taken).expect("few") + left, 2);
}

const NOW: u64 = 5000;
const OLDEST: u64 = 4000;

fn one_sign() {
    let used = Arc::new(UsedSigns::new(10));
    let burn = |used: &UsedSigns| used.burn(b"the same", NOW, OLDEST);
    let results = at_once(&used, &[burn, burn, burn]);
    assert_eq!(results.iter().filter(|result| **result == Use::First).count(), 1);
    assert_eq!(results.iter().filter(|result| **result == Use::Again).count(), 2);
}

fn room_for_one() {
    let used = Arc::new(UsedSigns::new(1));
    let results =
        at_once(&used, &[|used| used.burn(b"one", NOW, OLDEST), |used| used.burn(b"another", NOW, OLDEST)]);
    assert!(results.contains(&Use::First) && results.contains(&Use::NoRoom), "{results:?}");
    assert_eq!(used.len(), 1);
}

fn used_while_sweeping() {
    let used = UsedSigns::new(1);
    assert_eq!(used.burn(b"old", 0, 0), Use::First);
    let used = Arc::new(used);
    let burn = |used: &UsedSigns| used.burn(b"new", NOW, OLDEST);
    let results = at_once(&used, &[burn, burn, |used| used.burn(b"other", NOW, OLDEST)]);
    // Room is made for one, and nobody can use the same one twice.
    assert_eq!(results.iter().filter(|result| **result == Use::First).count(), 1, "{results:?}");
    assert_eq!(used.len(), 1);
}
