//! The table of `Retry`, row by row: what is repeated, how often, and after which wait.

use std::time::Duration;

use faceid_types::{Context, Endpoint, Error, Hint, Retry, TransportKind};

use crate::script::{
    Billed, Clock, EXCHANGE, NOW, Reply, Run, answer, ask, config, context, error, failure, http_date,
    request, run, token,
};

const SECOND: Duration = Duration::from_secs(1);
const FULL: u32 = 500;

/// What a row of the table says.
#[derive(Debug, Clone, Copy)]
enum Again {
    /// Whatever the endpoint.
    Always(Wait),
    /// If the endpoint and the settings allow a repeat of what may have arrived.
    IfRepeatable(Wait),
    Never,
}

#[derive(Debug, Clone, Copy)]
struct Wait {
    /// The longest first wait in milliseconds; it doubles each time.
    millis: u64,
    /// What each wait takes at least, in milliseconds.
    floor: u64,
    /// The price in tokens of the quota.
    price: u32,
}

const SHORT: Wait = Wait { millis: 50, floor: 0, price: 14 };
const LONG: Wait = Wait { millis: 1000, floor: 0, price: 5 };
const TOLD: Wait = Wait { millis: 1000, floor: 7000, price: 5 };

fn table() -> Vec<(&'static str, Reply, Again)> {
    use Again::{Always, IfRepeatable, Never};
    let told = |reply: Reply| reply.header("retry-after", "7");
    vec![
        ("never sent", failure(TransportKind::NeverSent), Always(SHORT)),
        ("time-out", failure(TransportKind::Timeout), IfRepeatable(SHORT)),
        ("misframed", failure(TransportKind::Misframed), IfRepeatable(SHORT)),
        ("tls", failure(TransportKind::Tls), Never),
        ("too large", failure(TransportKind::Limit), Never),
        ("other", failure(TransportKind::Other), Never),
        ("internal", error(500, "INTERNAL_ERROR"), IfRepeatable(SHORT)),
        ("internal, 200", error(200, "INTERNAL_ERROR"), IfRepeatable(SHORT)),
        ("internal, 403", error(403, "internal_error: x"), IfRepeatable(SHORT)),
        ("internal, 503", told(error(503, "INTERNAL_ERROR")), IfRepeatable(SHORT)),
        ("a bare 500", answer(500, ""), IfRepeatable(SHORT)),
        ("a token under 500", answer(500, r#"{"biz_token":"x"}"#), IfRepeatable(SHORT)),
        ("a gateway's 502", answer(502, "<html>"), IfRepeatable(SHORT)),
        ("an unknown error, 504", error(504, "NEW"), IfRepeatable(SHORT)),
        ("a bare 503", answer(503, ""), IfRepeatable(LONG)),
        ("a 503 that says when", told(answer(503, "")), IfRepeatable(TOLD)),
        ("an unknown error, 503", told(error(503, "NEW")), IfRepeatable(TOLD)),
        ("concurrency, 403", error(403, "CONCURRENCY_LIMIT_EXCEEDED"), Always(LONG)),
        ("concurrency, 429", error(429, "Concurrency_Limit_Exceeded"), Always(LONG)),
        ("concurrency, 503", told(error(503, "CONCURRENCY_LIMIT_EXCEEDED")), Always(TOLD)),
        ("concurrency, 200", told(error(200, "CONCURRENCY_LIMIT_EXCEEDED")), Always(TOLD)),
        ("a bare 429", answer(429, ""), Always(LONG)),
        ("a 429 that says when", told(answer(429, "")), Always(TOLD)),
        ("an unknown error, 429", told(error(429, "NEW")), Always(TOLD)),
        ("missing", error(400, "MISSING_ARGUMENTS: sign"), Never),
        ("bad", error(400, "BAD_ARGUMENTS: uuid"), Never),
        ("bad, under 503", told(error(503, "BAD_ARGUMENTS: uuid")), Never),
        ("bad, under 429", told(error(429, "BAD_ARGUMENTS: uuid")), Never),
        ("authentication", error(403, "AUTHENTICATION_ERROR"), Never),
        ("authentication, under 500", error(500, "AUTHENTICATION_ERROR"), Never),
        ("key stopped", error(403, "AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED"), Never),
        ("address", error(403, "AUTHORIZATION_ERROR: IP_NOT_ALLOWED"), Never),
        ("test quota", told(error(403, "AUTHORIZATION_ERROR: LIMIT_REACHED")), Never),
        ("denied", error(403, "AUTHORIZATION_ERROR: DENIED"), Never),
        ("wrong sign", error(403, "AUTHORIZATION_ERROR: INVALID_SIGN"), Never),
        ("replay", error(403, "AUTHORIZATION_ERROR: REPLAY_ATTACK"), Never),
        ("unknown reason", error(403, "AUTHORIZATION_ERROR: NEW"), Never),
        ("expired, no Date", error(403, "AUTHORIZATION_ERROR: EXPIRED_SIGN"), Never),
        ("no such API", error(404, "API_NOT_FOUND"), Never),
        ("unknown error", error(400, "NEW"), Never),
        ("a bare 400", answer(400, ""), Never),
        ("a bare 403", answer(403, "<html>"), Never),
        ("a bare 404", answer(404, "<html>"), Never),
        ("too large a request", answer(413, "Request Entity Too Large"), Never),
        ("a redirect", answer(302, "").header("location", "/x"), Never),
        ("not implemented", answer(501, ""), Never),
        ("an answer that does not read", answer(200, "[]"), Never),
        ("a page under 200", told(answer(200, "<html>")), Never),
    ]
}

/// The same reply for as long as the call asks, then a token.
fn asked<E: Endpoint>(retry: Retry, request: &E, reply: &Reply, failures: usize) -> (Run<E::Response>, u32) {
    let patient = config().retry(retry).deadline(Duration::from_secs(3600));
    let context = Context::new(patient).unwrap();
    let script = std::iter::repeat_n(reply.clone(), failures).chain([token()]);
    let run = run(&context, request, &mut Clock::new(), script);
    (run, context.gauges().retry_quota)
}

fn in_bounds(name: &str, waits: &[Duration], wait: Wait) {
    for (nth, waited) in waits.iter().enumerate() {
        let longest = (wait.millis << nth).min(20_000).max(wait.floor);
        let bounds = Duration::from_millis(wait.floor)..=Duration::from_millis(longest);
        assert!(bounds.contains(waited), "{name}: wait {nth} of {waits:?}");
    }
}

#[test]
fn each_row_of_the_table() {
    fn check<E: Endpoint>(name: &str, retry: Retry, request: &E, reply: &Reply, again: Option<Wait>) {
        let (run, quota) = asked(retry, request, reply, 3);
        let attempts = if again.is_some() { 3 } else { 1 };
        assert!(run.result.is_err(), "{name}");
        assert_eq!(run.attempts(), attempts, "{name}");
        assert_eq!(run.error().attempts() as usize, attempts, "{name}");
        let slept: Duration = run.waits.iter().sum();
        assert_eq!(run.error().elapsed(), slept + EXCHANGE * u32::try_from(attempts).unwrap(), "{name}");
        assert_eq!(run.waits.len(), attempts - 1, "{name}: no wait after the last attempt");
        let Some(wait) = again else {
            assert_eq!(quota, FULL, "{name}");
            return;
        };
        assert_eq!(quota, FULL - 2 * wait.price, "{name}");
        in_bounds(name, &run.waits, wait);

        // A success that follows is returned, and gives back what the last retry took.
        for (failures, left) in [(1, FULL), (2, FULL - wait.price)] {
            let (run, quota) = asked(retry, request, reply, failures);
            assert!(run.result.is_ok(), "{name}: {:?}", run.error());
            assert_eq!((run.attempts(), quota), (failures + 1, left), "{name}");
        }
    }

    for (name, reply, again) in table() {
        let (always, repeatable) = match again {
            Again::Always(wait) => (Some(wait), Some(wait)),
            Again::IfRepeatable(wait) => (None, Some(wait)),
            Again::Never => (None, None),
        };
        let retry = Retry::default();
        check(name, retry, &request(), &reply, repeatable);
        check(&format!("{name}, billed"), retry, &Billed, &reply, always);
        check(&format!("{name}, unambiguous"), retry.ambiguous(false), &request(), &reply, always);
    }
}

#[test]
fn a_connection_that_ended_is_repeated_once_for_free() {
    let interrupted = failure(TransportKind::Interrupted);
    for failures in 1..=2 {
        let (run, quota) = asked(Retry::default(), &request(), &interrupted, failures);
        assert!(run.result.is_ok());
        assert_eq!(run.waits[0], Duration::ZERO, "at once");
        assert_eq!(quota, FULL, "the first is free, the second gave its price back");
        // The second repeat is the second wait of the call.
        in_bounds("second", &run.waits[1..], Wait { millis: 100, ..SHORT });
    }
    let (run, quota) = asked(Retry::default(), &request(), &interrupted, 3);
    assert_eq!((run.attempts(), quota), (3, FULL - 14));

    let (run, _) = asked(Retry::default(), &Billed, &interrupted, 1);
    assert_eq!(run.attempts(), 1, "it may have arrived");
    let (run, _) = asked(Retry::default().ambiguous(false), &request(), &interrupted, 1);
    assert_eq!(run.attempts(), 1, "it may have arrived");
}

#[test]
fn the_free_repeat_is_the_first_interruption_wherever_it_stands() {
    let context = context();
    let run = ask(&context, [answer(500, ""), failure(TransportKind::Interrupted), token()]);
    assert!(run.result.is_ok());
    assert_eq!(run.waits[1], Duration::ZERO);
}

#[test]
fn waits_are_spread_over_all_they_may_be() {
    for (reply, millis) in [(failure(TransportKind::NeverSent), 50), (answer(429, ""), 1000)] {
        let first_waits: Vec<_> =
            (0..200).map(|_| asked(Retry::default(), &request(), &reply, 1).0.waits[0]).collect();
        let (least, most) = (first_waits.iter().min().unwrap(), first_waits.iter().max().unwrap());
        let quarter = Duration::from_millis(millis) / 4;
        assert!(*least < quarter && *most > 3 * quarter, "{least:?} to {most:?}");
    }
}

#[test]
fn how_many_attempts_there_are() {
    for (asked_for, expected) in [(0, 1), (1, 1), (2, 2), (3, 3), (10, 10), (11, 10), (u32::MAX, 10)] {
        for (reply, wait) in [(failure(TransportKind::NeverSent), SHORT), (answer(429, ""), LONG)] {
            let (run, _) = asked(Retry::default().max_attempts(asked_for), &request(), &reply, 10);
            assert_eq!(run.attempts(), expected, "{asked_for}");
            in_bounds("up to 20 s", &run.waits, wait);
        }
    }
}

#[test]
fn what_retry_after_says() {
    const UP_TO_A_SECOND: (Duration, Duration) = (Duration::ZERO, SECOND);
    // A date is compared with the clock as the answer came.
    let at = |seconds: u64| (Duration::from_millis(seconds * 1000 - 20), EXCHANGE * 2);
    let [soon, past, tomorrow] =
        [9, -9, 86_400].map(|offset| http_date(NOW.checked_add_signed(offset).unwrap()));
    let exactly = |seconds: u32| (SECOND * seconds, Duration::ZERO);
    // the header, and the least wait with the room above it; `None` to give up at once
    let cases: &[(&[u8], Option<(Duration, Duration)>)] = &[
        (b"0", Some(UP_TO_A_SECOND)),
        (b"1", Some(exactly(1))),
        (b"7", Some(exactly(7))),
        (b" 7\t", Some(exactly(7))),
        (b"007", Some(exactly(7))),
        (b"29", Some(exactly(29))),
        (b"30", None),
        (b"86400", None),
        (b"18446744073709551615", None),
        (b"18446744073709551616", None),
        (b"99999999999999999999999999999999", None),
        (soon.as_bytes(), Some(at(9))),
        (b"Sunday, 13-Sep-20 12:26:49 GMT", Some(at(9))),
        (b"Sun Sep 13 12:26:49 2020", Some(at(9))),
        (past.as_bytes(), Some(UP_TO_A_SECOND)),
        (b"Thu, 01 Jan 1970 00:00:00 GMT", Some(UP_TO_A_SECOND)),
        (tomorrow.as_bytes(), None),
        (b"Fri, 31 Dec 9999 23:59:59 GMT", None),
        (b"", Some(UP_TO_A_SECOND)),
        (b"-7", Some(UP_TO_A_SECOND)),
        (b"+7", Some(UP_TO_A_SECOND)),
        (b"7.5", Some(UP_TO_A_SECOND)),
        (b"7s", Some(UP_TO_A_SECOND)),
        (b"7, 8", Some(UP_TO_A_SECOND)),
        (b"soon", Some(UP_TO_A_SECOND)),
        (b"Sun, 13 Sep 2020 12:26:49 CST", Some(UP_TO_A_SECOND)),
        (b"\xD9\xA7", Some(UP_TO_A_SECOND)),
        (b"\xFF\xFE", Some(UP_TO_A_SECOND)),
    ];
    for (header, expected) in cases {
        let shown = String::from_utf8_lossy(header);
        for status in [429, 503] {
            let told = answer(status, "").header("retry-after", header);
            let run = ask(&context(), [told, token()]);
            if let Some((least, room)) = expected {
                assert!(run.result.is_ok(), "{shown}");
                assert!((*least..=*least + *room).contains(&run.waits[0]), "{shown}: {:?}", run.waits);
            } else {
                assert_eq!(run.error().status(), Some(status), "{shown}");
                assert_eq!(run.error().elapsed(), EXCHANGE, "{shown}: given up at once");
                assert!(run.waits.is_empty() && run.error().is_retryable(), "{shown}");
            }
        }
    }
}

#[test]
fn nothing_sleeps_past_the_deadline() {
    let retry = Retry::default().max_attempts(10);
    for seconds in 1..=30 {
        let context = Context::new(config().retry(retry).deadline(SECOND * seconds)).unwrap();
        let told = answer(429, "").header("retry-after", "3");
        let run = ask(&context, std::iter::repeat_n(told, 10));
        // The last exchange may use up what the last wait has left, and no more.
        assert!(run.error().elapsed() <= SECOND * seconds, "{seconds}");
        assert_eq!(run.error().status(), Some(429), "{seconds}: the last answer, and no time-out");
        // Attempt n + 1 begins after n waits of three seconds or more, and n exchanges.
        assert!(run.attempts() <= 1 + (seconds as usize - 1) / 3, "{seconds}: {}", run.attempts());
    }
}

#[test]
fn a_deadline_in_the_past_sends_nothing() {
    let run = ask(&context().deadline(Duration::ZERO), []);
    let Err(Error::Transport(error)) = &run.result else { panic!("{:?}", run.result) };
    assert_eq!(error.kind(), TransportKind::Timeout);
    let error = run.error();
    assert!(error.is_before_send() && error.is_retryable());
    assert_eq!(error.hint(), Hint::Deadline);
    assert_eq!((error.attempts(), error.elapsed()), (0, Duration::ZERO));
    assert_eq!(run.attempts(), 0);
}

#[test]
fn time_limits_of_zero_are_refused() {
    let cases = [
        ("deadline", config().deadline(Duration::ZERO)),
        ("connect_timeout", config().connect_timeout(Duration::ZERO)),
        ("attempt_timeout", config().attempt_timeout(Duration::ZERO)),
    ];
    for (setting, config) in cases {
        assert_eq!(Context::new(config).unwrap_err().setting(), setting);
    }
}

#[test]
fn a_deadline_of_a_clone_leaves_the_other_alone() {
    let patient = context();
    let hurried = patient.deadline(SECOND);
    let told = || answer(429, "").header("retry-after", "2");
    assert_eq!(ask(&hurried, [told()]).attempts(), 1);
    assert!(ask(&patient, [told(), token()]).result.is_ok());
}
