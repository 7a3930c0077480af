//! The quota: an outage drains it, successes fill it, and clones share it.

use std::time::Duration;

use faceid_types::{Call, Context, Credentials, Retry, TransportKind};

use crate::script::{Billed, Clock, answer, ask, config, context, error, failure, request, run, token};

fn left(context: &Context) -> u32 {
    context.gauges().retry_quota
}

#[test]
fn an_outage_drains_it_and_successes_bring_retries_back() {
    let context = Context::new(config().retry(Retry::default().max_attempts(2))).unwrap();
    let down = || answer(500, "");
    for retries in 1..=35 {
        assert_eq!(ask(&context, [down(), down()]).attempts(), 2, "{retries}");
        assert_eq!(left(&context), 500 - 14 * retries);
    }
    for _ in 0..100 {
        let run = ask(&context, [down()]);
        assert_eq!(run.attempts(), 1, "nothing is asked twice any more");
        assert!(run.error().is_retryable(), "but a queue may");
        assert_eq!(left(&context), 10);
    }

    for given in 1..=4 {
        assert!(ask(&context, [token()]).result.is_ok());
        assert_eq!(left(&context), 10 + given);
    }
    assert!(ask(&context, [down(), token()]).result.is_ok());
    assert_eq!(left(&context), 14, "the retry that succeeded gave its price back");
    assert_eq!(ask(&context, [down(), down()]).attempts(), 2);
    assert_eq!(left(&context), 0);
}

/// Servers whose clocks differ: each answer says that this clock is off again.
#[test]
fn corrections_without_end_drain_it_too() {
    let context = context();
    for call in 1..=70_i64 {
        let expired = || error(403, "AUTHORIZATION_ERROR: EXPIRED_SIGN").date(call * 1000);
        let expected = if call <= 35 { 2 } else { 1 };
        assert_eq!(ask(&context, [expired(), expired()].into_iter().take(expected)).attempts(), expected);
        assert_eq!(context.gauges().clock_correction, call * 1000, "it is kept all the same");
    }
    assert_eq!(left(&context), 10);
}

#[test]
fn being_told_to_slow_down_costs_less() {
    let context = Context::new(config().retry(Retry::default().max_attempts(2))).unwrap();
    let throttled = || error(403, "CONCURRENCY_LIMIT_EXCEEDED");
    for retries in 1..=100 {
        assert_eq!(ask(&context, [throttled(), throttled()]).attempts(), 2, "{retries}");
        assert_eq!(left(&context), 500 - 5 * retries);
    }
    assert_eq!(ask(&context, [throttled()]).attempts(), 1);
}

#[test]
fn it_is_never_more_than_full_and_an_error_gives_nothing() {
    let context = context();
    for reply in [token(), error(400, "BAD_ARGUMENTS: uuid"), answer(200, "{}")] {
        let _ = ask(&context, [reply]);
        assert_eq!(left(&context), 500);
    }
    assert_eq!(ask(&context, std::iter::repeat_n(failure(TransportKind::NeverSent), 3)).attempts(), 3);
    assert_eq!(left(&context), 472);
    for reply in [error(400, "BAD_ARGUMENTS: uuid"), answer(200, "{}")] {
        let _ = ask(&context, [reply]);
        assert_eq!(left(&context), 472);
    }
}

#[test]
fn a_client_has_64_free_repeats_and_each_success_gives_one_back() {
    let context = context();
    let interrupted = || failure(TransportKind::Interrupted);
    // The repeat goes out and the caller gives up, so no success gives anything back.
    let abandoned = || {
        let (request, mut clock) = (request(), Clock::new());
        let mut call = Call::new(&context, &request);
        let _ = call.next(clock.now()).unwrap();
        clock.advance(Duration::from_millis(1));
        let _ = call.finish(interrupted().outcome(), clock.now());
        let _ = call.next(clock.now()).unwrap();
    };
    for repeats in 1..=64 {
        abandoned();
        assert_eq!(left(&context), 500, "{repeats} free repeats");
    }
    abandoned();
    assert_eq!(left(&context), 486);
    assert!(ask(&context, [token()]).result.is_ok());
    assert_eq!(left(&context), 487);
    abandoned();
    assert_eq!(left(&context), 487, "free again");
}

#[test]
fn a_retry_that_is_given_up_before_it_begins_costs_nothing() {
    let context = context();
    let (request, clock) = (request(), Clock::new());
    let mut call = Call::new(&context, &request);
    let _ = call.next(clock.now()).unwrap();
    let _ = call.finish(failure(TransportKind::Timeout).outcome(), clock.now());
    assert_eq!(left(&context), 486, "it is set apart");
    drop(call);
    assert_eq!(left(&context), 500);
}

#[test]
fn what_must_not_be_repeated_uses_up_no_free_repeat() {
    let context = context();
    let interrupted = || failure(TransportKind::Interrupted);
    for _ in 0..64 {
        assert_eq!(run(&context, &Billed, &mut Clock::new(), [interrupted()]).attempts(), 1);
    }
    let run = ask(&context, [interrupted(), token()]);
    assert_eq!(run.waits, [Duration::ZERO], "free");
}

#[test]
fn clones_and_other_keys_share_it() {
    let context = context();
    let other = context.with_credentials(Credentials::new("other-key", "other-secret").unwrap());
    let hurried = context.deadline(Duration::from_secs(9));
    for (nth, one) in [&context, &other, &hurried, &context.clone()].into_iter().enumerate() {
        let _ = ask(one, std::iter::repeat_n(failure(TransportKind::NeverSent), 3));
        let expected = 500 - 28 * (u32::try_from(nth).unwrap() + 1);
        assert!([&context, &other, &hurried].iter().all(|one| left(one) == expected), "{nth}");
    }
}

#[test]
fn threads_take_no_token_twice() {
    let context = Context::new(config().retry(Retry::default().max_attempts(2))).unwrap();
    let repeated: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    (0..50)
                        .map(|_| ask(&context, [answer(500, ""), answer(500, "")]).attempts() - 1)
                        .sum::<usize>()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!((repeated, left(&context)), (35, 10));
    assert_eq!(context.gauges().in_flight, 0);
}
