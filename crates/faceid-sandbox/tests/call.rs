//! The suite over `Call` alone, without a socket, and over clients that get something wrong.

use std::cell::RefCell;
use std::panic;

use faceid_sandbox::{DEMO_API_SECRET, Sandbox, conformance};
use faceid_types::{
    Attempt, BizToken, Call, Context, Error, GetBizToken, Moment, Step, TransportError, TransportKind,
};
use http::{Request, Response};

type Outcome = Result<Response<Vec<u8>>, TransportError>;

/// The loop of each client, around an exchange of one's own.
fn send(
    context: &Context,
    request: &GetBizToken,
    mut exchange: impl FnMut(Attempt) -> Outcome,
) -> Result<BizToken, Error> {
    let mut call = Call::new(context, request);
    loop {
        let attempt = call.next(Moment::now())?;
        match call.finish(exchange(attempt), Moment::now()) {
            Step::Done(result) => return result,
            Step::Retry(wait) => std::thread::sleep(wait),
        }
    }
}

/// Runs the suite over this exchange.
fn run(exchange: fn(&Sandbox, Attempt) -> Outcome) {
    conformance::run_without_socket(|sandbox, config| {
        let (sandbox, context) = (sandbox.clone(), Context::new(config).unwrap());
        Box::new(move |request| send(&context, request, |attempt| exchange(&sandbox, attempt)))
    });
}

#[test]
fn call_conforms() {
    run(|sandbox, attempt| sandbox.exchange(&attempt));
}

#[test]
fn clients_that_do_not_conform_are_found_out() {
    // what it gets wrong, the exchange, a case that it fails
    let clients: &[(&str, fn(&Sandbox, Attempt) -> Outcome, &str)] = &[
        (
            "it sends the bytes of its first attempt again",
            |sandbox, mut attempt| {
                thread_local!(static FIRST: RefCell<Option<Request<Vec<u8>>>> = const { RefCell::new(None) });
                if sandbox.journal().is_empty() {
                    FIRST.set(Some(attempt.request.clone()));
                } else {
                    attempt.request = FIRST.with_borrow(|first| first.clone().unwrap());
                }
                sandbox.exchange(&attempt)
            },
            "two attempts have the same nonce",
        ),
        (
            "it repeats by itself what was broken off",
            |sandbox, attempt| sandbox.exchange(&attempt).or_else(|_| sandbox.exchange(&attempt)),
            "a reset once: two attempts have the same nonce",
        ),
        (
            "it takes each failure for one that was never sent",
            |sandbox, attempt| {
                let outcome = sandbox.exchange(&attempt);
                outcome.map_err(|_| TransportKind::NeverSent.into())
            },
            "a deadline shorter than a delay",
        ),
        (
            "it loses the headers of answers",
            |sandbox, attempt| {
                let response = sandbox.exchange(&attempt)?;
                let status = response.status();
                let mut bare = Response::new(response.into_body());
                *bare.status_mut() = status;
                Ok(bare)
            },
            "a clock an hour behind",
        ),
        (
            "it loses the status",
            |sandbox, attempt| Ok(Response::new(sandbox.exchange(&attempt)?.into_body())),
            "API_NOT_FOUND",
        ),
        (
            "it loses the body of errors",
            |sandbox, attempt| {
                let mut response = sandbox.exchange(&attempt)?;
                if !response.status().is_success() {
                    response.body_mut().clear();
                }
                Ok(response)
            },
            "BAD_ARGUMENTS: sign_version",
        ),
        (
            "it takes a body that breaks off for whole",
            |sandbox, attempt| match sandbox.exchange(&attempt) {
                Err(error) if error.kind() == TransportKind::Misframed => {
                    Ok(Response::new(b"{\"biz_token\":\"1531".to_vec()))
                }
                outcome => outcome,
            },
            "a body that breaks off once",
        ),
        (
            "it sends another encoding than UTF-8",
            |sandbox, mut attempt| {
                let body = std::mem::take(attempt.request.body_mut());
                *attempt.request.body_mut() =
                    body.into_iter().map(|byte| if byte.is_ascii() { byte } else { b'?' }).collect();
                sandbox.exchange(&attempt)
            },
            "the scene 活体检测-场景一",
        ),
        (
            // A sign or a uuid is hidden there by `Call`, whatever the client puts into it.
            "it shows the secret in its errors",
            |sandbox, attempt| {
                let outcome = sandbox.exchange(&attempt);
                let shown = format!("signed with {DEMO_API_SECRET}");
                outcome.map_err(|error| TransportError::new(error.kind(), shown))
            },
            "a secret, a sign, a uuid or a token is shown",
        ),
        ("it never waits for an answer", |_, _| Err(TransportKind::Timeout.into()), "a token: call 1"),
    ];
    // Most of the time is spent waiting between attempts.
    std::thread::scope(|scope| {
        for (name, exchange, expected) in clients {
            scope.spawn(move || {
                let report = panic::catch_unwind(|| run(*exchange)).expect_err(name);
                let report = report.downcast_ref::<String>().expect("a text");
                assert!(report.contains(expected), "{name}:\n{report}");
            });
        }
    });
}
