//! One call: what each attempt carries, what it may take, and what the end of it says.

use std::collections::BTreeSet;
use std::time::Duration;

use faceid_types::{
    Answer, Call, Context, Credentials, DecodeFault, Endpoint, Error, Form, Hint, Invalid, Step,
    TransportError, TransportKind, Validity,
};

use crate::script::{
    Billed, Clock, EXCHANGE, NOW, Reply, answer, ask, config, context, credentials, error, failure, parts,
    request, run, text_of, token,
};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn each_attempt_is_signed_afresh_after_the_wait() {
    let told = || answer(429, "").header("retry-after", "7");
    for (validity, expires_after) in
        [(Validity::default(), Some(100)), (Validity::seconds(3).unwrap(), Some(3)), (Validity::Once, None)]
    {
        let context = Context::new(config().validity(validity)).unwrap();
        let run = ask(&context, [told(), told(), token()]);
        assert!(run.result.is_ok());
        let mut nonces = BTreeSet::new();
        for (nth, seen) in run.seen.iter().enumerate() {
            assert!(seen.at >= NOW + 7 * nth as u64, "{seen:?}");
            let claims = credentials().verify(&seen.sign, seen.at).expect("valid as it is sent");
            assert_eq!(claims.issued_at, seen.at, "signed after the wait");
            assert_eq!(claims.expires_at, expires_after.map(|seconds| seen.at + seconds));
            nonces.insert(claims.nonce.as_str().to_owned());
        }
        assert_eq!(nonces.len(), 3);
    }
}

#[test]
fn the_same_request_makes_another_body_each_time() {
    let (context, request) = (context(), request());
    let bodies: BTreeSet<_> = (0..100)
        .map(|_| Call::new(&context, &request).next(Clock::new().now()).unwrap().request.into_body())
        .collect();
    assert_eq!(bodies.len(), 100);
}

#[test]
fn each_key_signs_its_own_calls() {
    let context = context();
    let other = Credentials::new("other-key", "other-secret").unwrap();
    let tenant = context.with_credentials(other.clone());
    for (context, signer, stranger) in [(&context, &credentials(), &other), (&tenant, &other, &credentials())]
    {
        let run = ask(context, [token()]);
        assert!(signer.verify(&run.seen[0].sign, NOW).is_ok());
        assert!(stranger.verify(&run.seen[0].sign, NOW).is_err());
    }
}

#[test]
fn what_an_attempt_may_take() {
    let cases: &[(&str, Context, Duration, Duration)] = &[
        // what it shows, settings, the whole exchange, its connecting
        ("defaults", context(), SECOND * 10, Duration::from_millis(3100)),
        (
            "settings",
            Context::new(config().attempt_timeout(SECOND * 4).connect_timeout(SECOND * 2)).unwrap(),
            SECOND * 4,
            SECOND * 2,
        ),
        (
            "an attempt may take more than usual",
            Context::new(config().attempt_timeout(SECOND * 25)).unwrap(),
            SECOND * 25,
            Duration::from_millis(3100),
        ),
        (
            "no limit is a year: an instant cannot be farther off",
            Context::new(config().attempt_timeout(Duration::MAX).connect_timeout(Duration::MAX))
                .unwrap()
                .deadline(Duration::MAX),
            SECOND * 31_536_000,
            SECOND * 31_536_000,
        ),
        ("the deadline", context().deadline(SECOND * 7), SECOND * 7, Duration::from_millis(3100)),
        ("a deadline that is near", context().deadline(SECOND), SECOND, SECOND),
        (
            "connecting is a part of it",
            Context::new(config().attempt_timeout(SECOND).connect_timeout(SECOND * 5)).unwrap(),
            SECOND,
            SECOND,
        ),
    ];
    for (name, context, budget, connect_budget) in cases {
        let run = ask(context, [token()]);
        assert_eq!(run.seen[0].budget, *budget, "{name}");
        assert_eq!(run.seen[0].connect_budget, *connect_budget, "{name}");
    }

    let attempt = Call::new(&context(), &Billed).next(Clock::new().now()).unwrap();
    assert_eq!(attempt.budget, Billed::ATTEMPT_TIMEOUT, "the endpoint's own");
    assert_eq!(attempt.body_limit, Billed::BODY_LIMIT);
    let attempt = Call::new(&context(), &request()).next(Clock::new().now()).unwrap();
    assert_eq!(attempt.body_limit, 256 * 1024);
}

#[test]
fn a_call_shows_how_many_attempts_it_has_made() {
    let (context, request) = (context(), request());
    let mut call = Call::new(&context, &request);
    assert_eq!(format!("{call:?}"), "Call { attempts: 0, .. }");
    call.next(Clock::new().now()).unwrap();
    assert_eq!(format!("{call:?}"), "Call { attempts: 1, .. }");
}

#[test]
fn later_attempts_have_what_is_left() {
    let told = || answer(429, "").header("retry-after", "12");
    let run = ask(&context(), [told(), told(), token()]);
    assert_eq!(run.seen[1].budget, SECOND * 10);
    assert_eq!(run.seen[2].budget, Duration::from_millis(5980));
    let run = ask(&context().deadline(SECOND * 26), [told(), told(), token()]);
    assert_eq!(run.seen[2].budget, Duration::from_millis(1980));
    assert_eq!(run.seen[2].connect_budget, Duration::from_millis(1980));
}

#[test]
fn what_was_certainly_not_sent() {
    use TransportKind::{Interrupted, Misframed, NeverSent, Other, Timeout, Tls};
    let failed = failure;
    let cases: &[(&[Reply], bool)] = &[
        (&[failed(NeverSent), failed(NeverSent), failed(NeverSent)], true),
        (&[failed(NeverSent), failed(NeverSent), failed(Timeout)], false),
        (&[failed(Timeout), failed(NeverSent), failed(NeverSent)], false),
        (&[failed(NeverSent), failed(Interrupted), failed(NeverSent)], false),
        (&[answer(500, ""), failed(NeverSent), failed(NeverSent)], false),
        (&[answer(429, ""), failed(NeverSent), failed(NeverSent)], false),
        (&[failed(NeverSent), failed(Misframed), failed(NeverSent)], false),
        (&[failed(Tls)], false),
        (&[failed(Other)], false),
        (&[error(400, "BAD_ARGUMENTS: uuid")], false),
        (&[answer(200, "{}")], false),
    ];
    for (script, expected) in cases {
        let run = ask(&context(), script.to_vec());
        assert_eq!(run.error().is_before_send(), *expected, "{script:?}");
        assert_eq!(run.error().attempts() as usize, script.len(), "{script:?}");
    }
}

/// The caller slept longer than it was told to.
#[test]
fn a_deadline_that_passes_between_two_attempts() {
    for (reply, sent) in [(failure(TransportKind::NeverSent), false), (answer(500, ""), true)] {
        let (context, request, mut clock) = (context(), request(), Clock::new());
        let mut call = Call::new(&context, &request);
        let _ = call.next(clock.now()).unwrap();
        clock.advance(EXCHANGE);
        assert!(matches!(call.finish(reply.outcome(), clock.now()), Step::Retry(_)));
        clock.advance(SECOND * 31);
        let error = call.next(clock.now()).unwrap_err();
        assert_eq!(kind_of(&error), Some(TransportKind::Timeout));
        assert_eq!((error.attempts(), error.elapsed()), (1, SECOND * 31 + EXCHANGE));
        assert_eq!(error.is_before_send(), !sent);
    }
}

#[test]
fn finishing_what_was_not_begun_is_an_error() {
    let (context, request, clock) = (context(), request(), Clock::new());
    let mut call = Call::new(&context, &request);
    for _ in 0..2 {
        let Step::Done(Err(error)) = call.finish(token().outcome(), clock.now()) else { panic!("an error") };
        assert!(matches!(&error, Error::Invalid(invalid) if invalid.field() == "finish"), "{error}");
        assert_eq!(error.hint(), Hint::MendField);
    }
    let _ = call.next(clock.now()).unwrap();
    assert!(matches!(call.finish(token().outcome(), clock.now()), Step::Done(Ok(_))));
    assert!(matches!(call.finish(token().outcome(), clock.now()), Step::Done(Err(_))));
    assert_eq!(context.gauges().retry_quota, 500);
}

/// An attempt whose outcome was never told may have been sent.
#[test]
fn an_abandoned_attempt_may_have_been_sent() {
    let (context, request, mut clock) = (context(), request(), Clock::new());
    let mut call = Call::new(&context, &request);
    let _ = call.next(clock.now()).unwrap();
    let error = loop {
        let _ = call.next(clock.now()).unwrap();
        match call.finish(failure(TransportKind::NeverSent).outcome(), clock.now()) {
            Step::Done(result) => break result.unwrap_err(),
            Step::Retry(wait) => clock.advance(wait),
        }
    };
    assert!(!error.is_before_send(), "{error}");
}

/// A clock that is set before 1970 stops a call; what was sent before that stays sent.
#[test]
fn a_call_that_cannot_go_on_does_not_deny_what_it_sent() {
    let (context, request, mut clock) = (context(), request(), Clock::new());
    let mut call = Call::new(&context, &request);
    let _ = call.next(clock.now()).unwrap();
    assert!(matches!(call.finish(answer(500, "").outcome(), clock.now()), Step::Retry(_)));
    clock.advance(SECOND);
    let before = faceid_types::Moment { wall: std::time::UNIX_EPOCH - SECOND, ..clock.now() };
    let error = call.next(before).unwrap_err();
    assert!(!error.is_before_send(), "attempt 1 was answered");
    assert_eq!(error.attempts(), 1);
    assert!(!error.to_string().contains("nothing was sent"), "{error}");
}

/// Whoever calls `finish` once too often has an error of their own making, after a request that was sent.
#[test]
fn finishing_twice_does_not_deny_what_was_sent() {
    for reply in [token(), answer(400, "")] {
        let (context, request, clock) = (context(), request(), Clock::new());
        let mut call = Call::new(&context, &request);
        let _ = call.next(clock.now()).unwrap();
        let _ = call.finish(reply.outcome(), clock.now());
        let Step::Done(Err(error)) = call.finish(token().outcome(), clock.now()) else { panic!("an error") };
        assert!(!error.is_before_send(), "{error}");
    }
}

/// As a test of a user's own makes them.
#[test]
fn an_error_that_no_call_made() {
    for (kind, before_send) in [
        (TransportKind::NeverSent, true),
        (TransportKind::Tls, false),
        (TransportKind::Timeout, false),
        (TransportKind::Interrupted, false),
        (TransportKind::Misframed, false),
        (TransportKind::Limit, false),
        (TransportKind::Other, false),
    ] {
        for error in [TransportError::from(kind), TransportError::new(kind, "a library's words")] {
            let error = Error::from(error);
            assert_eq!(error.is_before_send(), before_send, "{error}");
            assert_eq!((error.attempts(), error.elapsed()), (0, Duration::ZERO));
        }
    }
}

/// A sign of a longer one is too long to be looked for in what is shown.
#[test]
fn a_key_of_any_sensible_length_signs() {
    for (length, is_signed) in [(1, true), (512, true), (513, false), (20_000, false)] {
        let credentials = Credentials::new("k".repeat(length), "fake-secret").unwrap();
        let (context, request) = (context().with_credentials(credentials), request());
        let result = Call::new(&context, &request).next(Clock::new().now());
        match result {
            Ok(attempt) => assert!(is_signed, "{attempt:?}"),
            Err(Error::Invalid(invalid)) => {
                assert!(!is_signed && invalid.field() == "api_key", "{invalid}");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_clock_before_1970_signs_nothing() {
    let (context, request) = (context(), request());
    let before = faceid_types::Moment { wall: std::time::UNIX_EPOCH - SECOND, ..Clock::new().now() };
    let error = Call::new(&context, &request).next(before).unwrap_err();
    assert!(matches!(&error, Error::Invalid(invalid) if invalid.field() == "clock"), "{error}");
    assert!(error.is_before_send());
}

/// The steady clock never goes back by contract, and the other one may: neither may panic.
#[test]
fn clocks_that_go_back_do_no_harm() {
    let (context, request, clock) = (context(), request(), Clock::new());
    let earlier = faceid_types::Moment {
        wall: clock.now().wall - SECOND * 3600,
        steady: clock.now().steady.checked_sub(SECOND).unwrap(),
    };
    let mut call = Call::new(&context, &request);
    let _ = call.next(clock.now()).unwrap();
    let Step::Retry(_) = call.finish(answer(500, "").outcome(), earlier) else { panic!("a retry") };
    let attempt = call.next(earlier).unwrap();
    let sign = text_of(&attempt.request, "sign");
    assert!(credentials().verify(&sign, NOW - 3600).is_ok());
}

#[test]
fn calls_in_flight_are_counted_until_they_are_dropped() {
    let (context, request, clock) = (context(), request(), Clock::new());
    let in_flight = || context.gauges().in_flight;
    let fresh = Call::new(&context, &request);
    let mut half_way = Call::new(&context, &request);
    let mut waiting = Call::new(&context, &request);
    let _ = half_way.next(clock.now()).unwrap();
    let _ = waiting.next(clock.now()).unwrap();
    let _ = waiting.finish(answer(500, "").outcome(), clock.now());
    assert_eq!(in_flight(), 3);
    drop(half_way);
    assert_eq!(in_flight(), 2);
    drop(waiting);
    drop(fresh);
    assert_eq!(in_flight(), 0);
    assert!(ask(&context, [token()]).result.is_ok());
    assert!(ask(&context, [error(400, "NEW")]).result.is_err());
    assert_eq!(in_flight(), 0);
}

#[test]
fn an_endpoint_of_a_users_own_is_asked_like_any_other() {
    let context = context();
    let attempt = Call::new(&context, &Billed).next(Clock::new().now()).unwrap();
    assert_eq!(attempt.request.uri(), "https://api-sgp.megvii.com/faceid/v5/sdk/billed");
    let names: Vec<_> = parts(&attempt.request).into_iter().map(|part| part.name).collect();
    assert_eq!(names, ["sign", "sign_version", "data_type"]);
    let answered = run(&context, &Billed, &mut Clock::new(), [answer(200, r#"{"x":[1]}"#)]);
    assert_eq!(answered.result.unwrap()["x"][0], 1);
}

/// Paths of endpoints, and whether they are plain.
const PATHS: [(&str, bool); 9] = [
    ("/v5/sdk/one", true),
    ("/v5/..sdk/one..two", true),
    ("/v5?one", false),
    ("/v5#one", false),
    ("/v5/../one", false),
    ("/./one", false),
    ("/v5/..", false),
    ("/v5/one two", false),
    ("/v5/\u{7f}", false),
];

struct At<const N: usize>;

impl<const N: usize> Endpoint for At<N> {
    type Response = ();

    const PATH: &'static str = PATHS[N].0;
    const REPEATABLE: bool = false;

    fn write<'a>(&'a self, _: &mut Form<'a>) -> Result<(), Invalid> {
        Ok(())
    }

    fn read(_: &Answer<'_>) -> Result<(), DecodeFault> {
        Ok(())
    }
}

#[test]
fn the_path_of_an_endpoint_is_plain() {
    fn sent<const N: usize>() -> Result<String, Error> {
        let attempt = Call::new(&context(), &At::<N>).next(Clock::new().now())?;
        Ok(attempt.request.uri().to_string())
    }
    let all = [
        sent::<0>(),
        sent::<1>(),
        sent::<2>(),
        sent::<3>(),
        sent::<4>(),
        sent::<5>(),
        sent::<6>(),
        sent::<7>(),
        sent::<8>(),
    ];
    for (sent, (path, is_plain)) in all.into_iter().zip(PATHS) {
        match sent {
            Ok(url) => assert!(is_plain && url.ends_with(&format!("/faceid{path}")), "{path}: {url}"),
            Err(Error::Invalid(error)) => {
                assert!(!is_plain && error.to_string().contains("PATH"), "{path}: {error}");
            }
            Err(other) => panic!("{path}: {other}"),
        }
    }
}

fn kind_of(error: &Error) -> Option<TransportKind> {
    match error {
        Error::Transport(error) => Some(error.kind()),
        _ => None,
    }
}
