//! Retry-After and Date: a wait is never shorter than was asked for nor longer than the call, and no Date moves the
//! clock further than it may.
//!
//! The first byte says which header, and whether the rest is its value or a number of seconds to be written as a date.

#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, Instant, UNIX_EPOCH};

use chrono::DateTime;
use faceid_fuzz::{API_KEY, API_SECRET, NOW, parts};
use faceid_sign::Claims;
use faceid_types::{Attempt, Call, Config, Context, Credentials, Error, GetBizToken, Moment, Region, Step};
use http::header::{AGE, DATE, HeaderName, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use libfuzzer_sys::{Corpus, fuzz_target};

const DEADLINE: u64 = 30;
/// A sign is valid for so many seconds.
const VALIDITY: i64 = 100;
/// No Date is believed that is further off.
const DAY: i64 = 86_400;

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let credentials = Credentials::new(API_KEY, API_SECRET).expect("a pair");
    Config::new(Region::Singapore, credentials).deadline(Duration::from_secs(DEADLINE))
});
static REQUEST: LazyLock<GetBizToken> = LazyLock::new(|| GetBizToken::new("fake-scene"));
static STEADY: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The three forms of a date. [RFC 9110, section 5.6.7]
const FORMATS: [&str; 3] = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((&kind, rest)) = data.split_first() else { return Corpus::Reject };
    let written = match rest.split_first_chunk() {
        Some((number, b"")) if kind & 1 == 1 => {
            // Around now, since two digits of a year are read as one that is near.
            let seconds = i64::from(i32::from_be_bytes(*number)) / 4 + i64::try_from(NOW).expect("small");
            Some((seconds, FORMATS[usize::from(kind / 4) % 3]))
        }
        _ => None,
    };
    let value = match written {
        Some((seconds, format)) => DateTime::from_timestamp(seconds, 0)
            .expect("a year near ours")
            .format(format)
            .to_string()
            .into_bytes(),
        None => rest.to_vec(),
    };
    let Ok(value) = HeaderValue::from_bytes(&value) else { return Corpus::Reject };
    if kind & 2 == 0 {
        check_retry_after(value, written.map(|(seconds, _)| seconds));
    } else {
        check_date(value, written.map(|(seconds, _)| seconds), kind & 64 == 64);
    }
    Corpus::Keep
});

fn now() -> Moment {
    Moment { wall: UNIX_EPOCH + Duration::from_secs(NOW), steady: *STEADY }
}

fn answer(status: u16, body: &str, header: HeaderName, value: HeaderValue) -> Response<Vec<u8>> {
    let mut response = Response::new(body.as_bytes().to_vec());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    response.headers_mut().insert(header, value);
    response
}

fn check_retry_after(value: HeaderValue, written: Option<i64>) {
    let text = value.to_str().unwrap_or_default().trim().to_owned();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let asked = match written {
        Some(seconds) => Some(u64::try_from(seconds).expect("after 1970").saturating_sub(NOW)),
        None if digits => Some(text.parse().unwrap_or(u64::MAX)),
        None => None,
    };
    let context = Context::new(CONFIG.clone()).expect("settings that can be used");
    let mut call = Call::new(&context, &*REQUEST);
    let _ = call.next(now()).expect("it is right");
    match call.finish(Ok(answer(429, "", RETRY_AFTER, value)), now()) {
        Step::Retry(wait) => {
            assert!(wait < Duration::from_secs(DEADLINE), "{wait:?}");
            if let Some(asked) = asked.map(Duration::from_secs) {
                assert!(wait >= asked && wait <= asked.max(Duration::from_secs(1)), "{wait:?} {asked:?}");
            }
        }
        Step::Done(Err(Error::Api(error))) => {
            assert_eq!(error.status(), 429);
            assert!(asked.is_none_or(|asked| asked >= DEADLINE), "{asked:?}");
        }
        Step::Done(other) => panic!("{other:?}"),
    }
}

fn check_date(value: HeaderValue, written: Option<i64>, stored: bool) {
    let context = Context::new(CONFIG.clone()).expect("settings that can be used");
    let mut call = Call::new(&context, &*REQUEST);
    let _ = call.next(now()).expect("it is right");
    let mut response = answer(403, r#"{"error":"AUTHORIZATION_ERROR: EXPIRED_SIGN"}"#, DATE, value);
    if stored {
        response.headers_mut().insert(AGE, HeaderValue::from_static("0"));
    }
    let step = call.finish(Ok(response), now());
    let correction = context.gauges().clock_correction;
    assert!(correction == 0 || (VALIDITY..DAY).contains(&correction), "{correction}");
    assert!(!stored || correction == 0, "an answer out of a cache");
    if let (Some(seconds), false) = (written, stored) {
        let off = seconds - i64::try_from(NOW).expect("small");
        assert_eq!(correction, if (VALIDITY..DAY).contains(&off) { off } else { 0 });
    }
    match step {
        Step::Retry(wait) => {
            assert!(wait.is_zero() && correction != 0);
            let claims = claims(&call.next(now()).expect("it is right"));
            assert_eq!(claims.issued_at, NOW.saturating_add_signed(correction));
        }
        Step::Done(Err(error)) => assert!(correction == 0 && error.attempts() == 1, "{error}"),
        Step::Done(Ok(token)) => panic!("{token:?}"),
    }
}

fn claims(attempt: &Attempt) -> Claims {
    let content_type = attempt.request.headers()["content-type"].to_str().expect("ASCII");
    let parts = parts(content_type, attempt.request.body()).expect("a form");
    let sign = parts.first().map(|part| std::str::from_utf8(&part.value).expect("base64"));
    Claims::peek(sign.expect("a sign")).expect("it reads")
}
