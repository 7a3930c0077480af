//! The ten cases on clock skew that the AWS SDKs publish, recast for this service.
//!
//! There each answer is measured; here a correction is learnt from an expired sign alone, and only ended by others. A
//! sign that is valid for 200 s stands in for the threshold there.

use std::time::Duration;

use faceid_sign::Claims;
use faceid_types::{Call, Context, Retry, Step, Validity};

use crate::script::{Clock, NOW, Reply, config, error, request, text_of, token};

/// One attempt: when it is sent and answered by the client's clock, the answer's Date and whether it has an Age, how
/// long after the start its sign must say that it was made, and whether it is refused as expired.
struct Attempt {
    sent: u64,
    received: u64,
    date: Option<i64>,
    stored: bool,
    signed: u64,
    expired: bool,
}

const fn attempt(sent: u64, received: u64, date: i64, signed: u64, expired: bool) -> Attempt {
    Attempt { sent, received, date: Some(date), stored: false, signed, expired }
}

/// A call, and the correction after it.
type Operation = (&'static [Attempt], i64);

const SKEWED: &[Attempt] = &[attempt(0, 2, 301, 0, true), attempt(2, 4, 303, 302, false)];

const CASES: &[(&str, u32, &[Operation])] = &[
    ("clocks agree", 3, &[(&[attempt(0, 2, 1, 0, false)], 0)]),
    (
        "an expired sign is made anew, and the correction stays",
        3,
        &[(SKEWED, 300), (&[attempt(60, 62, 361, 360, false)], 300)],
    ),
    ("with no attempt left the correction is kept all the same", 1, &[(&[attempt(0, 2, 301, 0, true)], 300)]),
    // Here an error is needed to learn from, so the slow answer is one.
    (
        "a slow answer teaches nothing, a quick one does",
        1,
        &[(&[attempt(0, 960, 600, 0, true)], 0), (&[attempt(1020, 1022, 1321, 1020, true)], 300)],
    ),
    (
        "a success ends a correction that is out of date",
        3,
        &[(SKEWED, 300), (&[attempt(4, 6, 5, 304, false)], 0)],
    ),
    ("an error without enough skew is not repeated", 3, &[(&[attempt(0, 2, 121, 0, true)], 0)]),
    ("an error with enough skew is", 3, &[(SKEWED, 300)]),
    (
        "without a Date there is nothing to learn",
        3,
        &[(&[Attempt { date: None, ..attempt(0, 2, 0, 0, true) }], 0)],
    ),
    (
        "a stored success teaches nothing",
        3,
        &[
            (&[Attempt { stored: true, ..attempt(0, 2, -17279, 0, false) }], 0),
            (&[attempt(10, 12, 311, 10, true), attempt(12, 14, 313, 312, false)], 300),
        ],
    ),
    (
        "nor does a stored error",
        3,
        &[
            (&[Attempt { stored: true, ..attempt(0, 2, 301, 0, true) }], 0),
            (&[attempt(10, 12, 11, 10, false)], 0),
        ],
    ),
];

#[test]
fn each_case() {
    for (name, attempts, operations) in CASES {
        let config = config()
            .validity(Validity::seconds(200).unwrap())
            .deadline(Duration::from_secs(1800))
            .retry(Retry::default().max_attempts(*attempts));
        let (context, request, start) = (Context::new(config).unwrap(), request(), Clock::new());
        let at = |seconds| {
            let mut clock = start;
            clock.advance(Duration::from_secs(seconds));
            clock.now()
        };
        for (attempts, correction) in *operations {
            let mut call = Call::new(&context, &request);
            for (number, attempt) in attempts.iter().enumerate() {
                let sent = call.next(at(attempt.sent)).unwrap();
                let claims = Claims::peek(&text_of(&sent.request, "sign")).unwrap();
                assert_eq!(claims.issued_at, NOW + attempt.signed, "{name}: {number}");
                let answer = |reply: Reply| {
                    let reply = if let Some(date) = attempt.date { reply.date(date) } else { reply };
                    if attempt.stored { reply.header("age", "17280") } else { reply }
                };
                let reply =
                    if attempt.expired { error(403, "AUTHORIZATION_ERROR: EXPIRED_SIGN") } else { token() };
                let step = call.finish(answer(reply).outcome(), at(attempt.received));
                let again = number + 1 < attempts.len();
                assert_eq!(matches!(step, Step::Retry(Duration::ZERO)), again, "{name}: {number}: {step:?}");
                assert_eq!(matches!(step, Step::Done(Ok(_))), !again && !attempt.expired, "{name}: {number}");
            }
            assert_eq!(context.gauges().clock_correction, *correction, "{name}");
        }
    }
}
