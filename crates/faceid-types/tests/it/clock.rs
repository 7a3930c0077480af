//! A clock that is off: learnt from the answer to an expired sign, and forgotten once the clock is right.

use std::time::Duration;

use faceid_types::{Call, Config, Context, Credentials, Retry, Step, Validity};

use crate::script::{
    Billed, Clock, EXCHANGE, NOW, Reply, answer, ask, config, context, credentials, error, http_date,
    request, run, token,
};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn expired() -> Reply {
    error(403, "AUTHORIZATION_ERROR: EXPIRED_SIGN")
}

fn correction(context: &Context) -> i64 {
    context.gauges().clock_correction
}

#[test]
fn a_clock_an_hour_behind_is_corrected_and_the_call_repeated_at_once() {
    for billed in [false, true] {
        let context = context();
        let seen = if billed {
            let run = run(&context, &Billed, &mut Clock::new(), [expired().date(HOUR), answer(200, "{}")]);
            assert!(run.result.is_ok());
            assert_eq!(run.waits, [Duration::ZERO]);
            run.seen
        } else {
            let run = ask(&context, [expired().date(HOUR), token()]);
            assert!(run.result.is_ok());
            assert_eq!(run.waits, [Duration::ZERO]);
            run.seen
        };
        assert_eq!(seen[0].claims().issued_at, NOW);
        let service_now = NOW + 3600;
        assert_eq!(seen[1].claims().issued_at, service_now);
        assert!(credentials().verify(&seen[0].sign, service_now).is_err());
        assert!(credentials().verify(&seen[1].sign, service_now).is_ok());
        assert_eq!(correction(&context), HOUR);
        assert_eq!(context.gauges().retry_quota, 500, "outside the quota");

        // It is kept for later calls, and for all clones.
        let later = ask(&context, [token().date(HOUR)]);
        assert_eq!(later.seen[0].claims().issued_at, service_now);
        assert_eq!(correction(&context), HOUR);
    }
}

#[test]
fn clones_and_other_keys_share_the_correction() {
    let context = context();
    let other = Credentials::new("other-key", "other-secret").unwrap();
    let tenant = context.with_credentials(other.clone());
    let hurried = context.deadline(Duration::from_secs(9));
    assert!(ask(&tenant, [expired().date(HOUR), token()]).result.is_ok());
    for one in [&context, &tenant, &hurried, &context.clone()] {
        assert_eq!(correction(one), HOUR);
        assert_eq!(ask(one, [token()]).seen[0].claims().issued_at, NOW + 3600);
    }
    let sign = &ask(&tenant, [token()]).seen[0].sign;
    assert!(other.verify(sign, NOW + 3600).is_ok());
}

#[test]
fn a_second_expired_sign_is_not_repeated_again() {
    let context = context();
    let run = ask(&context, [expired().date(HOUR), expired().date(2 * HOUR)]);
    assert_eq!((run.attempts(), run.error().status()), (2, Some(403)));
    assert_eq!(correction(&context), HOUR);
    let next = ask(&context, [expired().date(2 * HOUR), token()]);
    assert!(next.result.is_ok(), "another call may learn anew");
    assert_eq!(correction(&context), 2 * HOUR);
}

#[test]
fn a_correction_is_learnt_on_the_last_attempt_too() {
    let context = Context::new(config().retry(Retry::default().max_attempts(1))).unwrap();
    let run = ask(&context, [expired().date(HOUR)]);
    assert_eq!((run.attempts(), correction(&context)), (1, HOUR));
    assert_eq!(ask(&context, [token()]).seen[0].claims().issued_at, NOW + 3600);
}

#[test]
fn which_dates_are_believed() {
    let local = |url: &'static str| Config::at(url, credentials());
    let https = config;
    let once = || config().validity(Validity::Once);
    let at = |config: Config| Context::new(config.allow_http(true)).unwrap();
    let dated = |offset| expired().date(offset);
    let cases: Vec<(&str, Context, Reply, i64)> = vec![
        // what it shows, settings, answer, the correction that is learnt
        ("an hour behind", at(https()), dated(HOUR), HOUR),
        ("behind by just the validity", at(https()), dated(100), 100),
        ("behind by less", at(https()), dated(99), 0),
        ("clocks agree", at(https()), dated(0), 0),
        ("ahead: not what makes a sign expire", at(https()), dated(-HOUR), 0),
        ("a second less than a day", at(https()), dated(DAY - 1), DAY - 1),
        ("a day", at(https()), dated(DAY), 0),
        ("1970", at(https()), expired().header("date", http_date(0)), 0),
        ("9999", at(https()), expired().header("date", "Fri, 31 Dec 9999 23:59:59 GMT"), 0),
        ("no Date", at(https()), expired(), 0),
        ("junk", at(https()), expired().header("date", "soon"), 0),
        ("no text", at(https()), expired().header("date", [0xFF]), 0),
        ("a stored answer", at(https()), dated(HOUR).header("age", "0"), 0),
        ("plain http to another machine", at(local("http://gateway.test")), dated(HOUR), 0),
        ("plain http on this one", at(local("http://127.0.0.1:1")), dated(HOUR), HOUR),
        ("plain http on this one, v6", at(local("http://[::1]:1")), dated(HOUR), HOUR),
        ("https to a gateway", at(local("https://gateway.test")), dated(HOUR), HOUR),
        ("single use, over four minutes behind", at(once()), dated(241), 241),
        ("single use, over four minutes ahead", at(once()), dated(-241), -241),
        ("single use, four minutes", at(once()), dated(240), 0),
        ("other spellings", at(https()), error(200, "authorization_error:Expired_sign").date(HOUR), HOUR),
        ("another error", at(https()), error(403, "AUTHORIZATION_ERROR: INVALID_SIGN").date(HOUR), 0),
        ("a success", at(https()), token().date(HOUR), 0),
    ];
    for (name, context, reply, expected) in cases {
        let run = ask(&context, [reply, token()]);
        assert_eq!(correction(&context), expected, "{name}");
        assert_eq!(run.attempts(), if expected == 0 { 1 } else { 2 }, "{name}");
        if expected != 0 {
            assert_eq!(run.waits, [Duration::ZERO], "{name}");
            let issued_at = run.seen[1].claims().issued_at;
            assert_eq!(issued_at, NOW.checked_add_signed(expected).unwrap(), "{name}");
        }
    }
}

#[test]
fn a_date_that_travelled_for_a_quarter_of_an_hour_says_little() {
    // The Date is compared with the middle of the exchange.
    for (seconds, expected) in [(898, HOUR - 449), (900, 0)] {
        let patient = config().deadline(Duration::from_secs(3600));
        let (context, request, mut clock) = (Context::new(patient).unwrap(), request(), Clock::new());
        let mut call = Call::new(&context, &request);
        let _ = call.next(clock.now()).unwrap();
        clock.advance(Duration::from_secs(seconds));
        let _ = call.finish(expired().date(HOUR).outcome(), clock.now());
        assert_eq!(correction(&context), expected, "{seconds}");
    }
}

#[test]
fn the_correction_ends_when_the_clock_is_set_right() {
    for reply in [token(), error(400, "BAD_ARGUMENTS: uuid"), answer(502, "<html>"), answer(200, "{}")] {
        let context = context();
        let mut clock = Clock::new();
        assert!(run(&context, &request(), &mut clock, [expired().date(HOUR), token()]).result.is_ok());
        assert_eq!(correction(&context), HOUR);

        clock.set(NOW + 3600);
        let dated = reply.date(HOUR);
        let _ = run(&context, &request(), &mut clock, [dated, token()]);
        assert_eq!(correction(&context), 0);
        let right = run(&context, &request(), &mut clock, [token()]);
        assert_eq!(right.seen[0].claims().issued_at, clock.unix());
    }
}

#[test]
fn a_correction_in_force_is_kept_by_dates_that_do_not_count() {
    let context = context();
    assert!(ask(&context, [expired().date(HOUR), token()]).result.is_ok());
    for reply in [
        token(),
        token().date(HOUR),
        token().date(HOUR + 60),
        token().date(0).header("age", "3600"),
        token().header("date", "soon"),
    ] {
        assert!(ask(&context, [reply]).result.is_ok());
        assert_eq!(correction(&context), HOUR);
    }
}

/// A call that was signed before another one learnt the correction must not undo it.
#[test]
fn calls_that_overlap_learn_the_same() {
    let (context, request, mut clock) = (context(), request(), Clock::new());
    let mut calls = [Call::new(&context, &request), Call::new(&context, &request)];
    for call in &mut calls {
        let _ = call.next(clock.now()).unwrap();
    }
    clock.advance(EXCHANGE);
    for call in &mut calls {
        let step = call.finish(expired().date(HOUR).outcome(), clock.now());
        assert!(matches!(step, Step::Retry(Duration::ZERO)));
        assert_eq!(correction(&context), HOUR);
    }
}

/// `Retry-After` with a date is by the service's clock, and so is a sign.
#[test]
fn a_date_in_retry_after_is_read_by_the_corrected_clock() {
    let once = Context::new(config().validity(Validity::Once)).unwrap();
    for (context, offset) in [(context(), HOUR), (once, -HOUR)] {
        assert!(ask(&context, [expired().date(offset), token()]).result.is_ok());
        let then = NOW.checked_add_signed(offset + 5).unwrap();
        let told = answer(429, "").date(offset).header("retry-after", http_date(then));
        let run = ask(&context, [told, token()]);
        assert!(run.result.is_ok(), "five seconds to wait: {:?}", run.error());
        let bounds = Duration::from_secs(4)..=Duration::from_secs(5);
        assert!(bounds.contains(&run.waits[0]), "{offset}: {:?}", run.waits);
    }
}
