//! What an observer is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use faceid_types::{Context, ErrorCode, Outcome, TransportKind};

use crate::script::{Billed, Clock, EXCHANGE, answer, ask, config, error, failure, request, run, token};

#[derive(Debug, Clone, PartialEq)]
struct Told {
    endpoint: &'static str,
    attempt: u32,
    outcome: Outcome,
    status: Option<u16>,
    code: Option<ErrorCode>,
    duration: Duration,
    wait: Option<Duration>,
    request_id: Option<String>,
}

fn observed() -> (Context, Arc<Mutex<Vec<Told>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let writer = Arc::clone(&told);
    let config = config().observer(move |record| {
        writer.lock().unwrap().push(Told {
            endpoint: record.endpoint,
            attempt: record.attempt,
            outcome: record.outcome,
            status: record.status,
            code: record.code.cloned(),
            duration: record.duration,
            wait: record.wait,
            request_id: record.request_id.map(ToOwned::to_owned),
        });
    });
    (Context::new(config).unwrap(), told)
}

#[test]
fn there_is_one_record_for_each_attempt() {
    let (context, told) = observed();
    let id = r#"{"error":"INTERNAL_ERROR","request_id":"id-2"}"#;
    let run = ask(&context, [failure(TransportKind::NeverSent), answer(500, id), token()]);
    assert!(run.result.is_ok());
    let endpoint = "/v5/sdk/get_biz_token";
    let expected = [
        Told {
            endpoint,
            attempt: 1,
            outcome: Outcome::Transport(TransportKind::NeverSent),
            status: None,
            code: None,
            duration: EXCHANGE,
            wait: Some(run.waits[0]),
            request_id: None,
        },
        Told {
            endpoint,
            attempt: 2,
            outcome: Outcome::Api,
            status: Some(500),
            code: Some(ErrorCode::InternalError),
            duration: EXCHANGE,
            wait: Some(run.waits[1]),
            request_id: Some("id-2".to_owned()),
        },
        Told {
            endpoint,
            attempt: 3,
            outcome: Outcome::Success,
            status: Some(200),
            code: None,
            duration: EXCHANGE,
            wait: None,
            request_id: Some("1531397037,c1223c5b".to_owned()),
        },
    ];
    assert_eq!(*told.lock().unwrap(), expected);
}

#[test]
fn how_an_attempt_can_end() {
    let new = || Some(ErrorCode::Other("NEW".into()));
    let cases = [
        (token(), Outcome::Success, "success", Some(200), None),
        (error(400, "NEW"), Outcome::Api, "api", Some(400), new()),
        (answer(413, "too large"), Outcome::Api, "api", Some(413), None),
        (answer(200, "{}"), Outcome::Decode, "decode", Some(200), None),
        (failure(TransportKind::Tls), Outcome::Transport(TransportKind::Tls), "tls", None, None),
        (failure(TransportKind::Limit), Outcome::Transport(TransportKind::Limit), "limit", None, None),
    ];
    for (reply, outcome, name, status, code) in cases {
        let (context, told) = observed();
        let _ = ask(&context, [reply]);
        let told = told.lock().unwrap();
        assert_eq!(told.len(), 1, "{name}");
        assert_eq!((told[0].outcome, told[0].outcome.as_str()), (outcome, name));
        assert_eq!((told[0].status, &told[0].code), (status, &code), "{name}");
        assert_eq!((told[0].attempt, told[0].wait), (1, None), "{name}");
    }
}

#[test]
fn clones_share_the_observer_and_nothing_sent_is_nothing_told() {
    let (context, told) = observed();
    let _ = ask(&context.deadline(Duration::from_secs(1)), [token()]);
    let _ =
        run(&context.with_credentials(crate::script::credentials()), &Billed, &mut Clock::new(), [token()]);
    assert_eq!(told.lock().unwrap()[1].endpoint, "/v5/sdk/billed");
    let _ = ask(&context.deadline(Duration::ZERO), []);
    let _ = run(&context, &request().uuid(""), &mut Clock::new(), []);
    assert_eq!(told.lock().unwrap().len(), 2);
}
