//! The same call over an HTTP library of your own: here minreq. `Call` signs, reads and decides; you send and sleep.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io::ErrorKind;

use faceid_types::{
    Attempt, Call, Context, Endpoint, GetBizToken, Moment, Step, TransportError, TransportKind,
};

fn main() -> Result<(), Box<dyn Error>> {
    let service = examples::service()?;
    let context = Context::new(service.config)?;
    let token = send(&context, &GetBizToken::new(service.liveness_id))?;
    println!("biz_token {}", token.biz_token());
    Ok(())
}

fn send<E: Endpoint>(context: &Context, request: &E) -> Result<E::Response, faceid_types::Error> {
    let mut call = Call::new(context, request);
    loop {
        let attempt = call.next(Moment::now())?;
        let outcome = exchange(attempt);
        match call.finish(outcome, Moment::now()) {
            Step::Done(result) => return result,
            Step::Retry(wait) => std::thread::sleep(wait),
        }
    }
}

/// One exchange, within the limits that the attempt sets.
fn exchange(attempt: Attempt) -> Result<http::Response<Vec<u8>>, TransportError> {
    let (head, body) = attempt.request.into_parts();
    let mut request = minreq::post(head.uri.to_string())
        .with_body(body)
        // minreq counts whole seconds, and has no limit of its own for connecting.
        .with_timeout(attempt.budget.as_secs().max(1))
        .with_follow_redirects(false);
    for (name, value) in &head.headers {
        request = request.with_header(name.as_str(), value.to_str().unwrap_or_default());
    }
    let answer = request.send().map_err(|error| TransportError::new(kind(&error), error))?;
    if answer.as_bytes().len() > attempt.body_limit {
        return Err(TransportKind::Limit.into());
    }
    let mut response = http::Response::builder().status(answer.status_code);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(answer.into_bytes()).map_err(|error| TransportError::new(TransportKind::Misframed, error))
}

/// Say `NeverSent` only where it is certain: it is always repeated.
fn kind(error: &minreq::Error) -> TransportKind {
    match error {
        minreq::Error::AddressNotFound => TransportKind::NeverSent,
        minreq::Error::IoError(error) if error.kind() == ErrorKind::ConnectionRefused => {
            TransportKind::NeverSent
        }
        minreq::Error::IoError(error) if error.kind() == ErrorKind::TimedOut => TransportKind::Timeout,
        minreq::Error::IoError(_) => TransportKind::Interrupted,
        _ => TransportKind::Misframed,
    }
}
