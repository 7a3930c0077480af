//! The README's table of errors: what each means, and what the library says to do. `cargo xtask codegen` takes it.

#![forbid(unsafe_code)]

use faceid_types::{
    ApiError, Call, Config, Context, Credentials, DecodeError, DecodeFault, Error, GetBizToken, Hint,
};
use faceid_types::{Region, TransportError, TransportKind};

fn transport(kind: TransportKind) -> Hint {
    Error::from(TransportError::new(kind, "the source")).hint()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The first error that each row names is the one asked for its hint.
    let answers: [(&str, &str, u16, &str); 16] = [
        (
            "`MISSING_ARGUMENTS: <key>`, 400",
            "a required parameter is missing",
            400,
            "MISSING_ARGUMENTS: sign",
        ),
        (
            "`BAD_ARGUMENTS: liveness_id`, 400",
            "as the next row; what an unknown scene gets is not documented",
            400,
            "BAD_ARGUMENTS: liveness_id",
        ),
        (
            "`BAD_ARGUMENTS: <key>`, 400",
            "a parameter does not parse, or is too long",
            400,
            "BAD_ARGUMENTS: uuid",
        ),
        (
            "`AUTHENTICATION_ERROR`, 403; `AUTHORIZATION_ERROR: INVALID_SIGN`, 403",
            "the signature is wrong; `is_signature()` is true for both",
            403,
            "AUTHENTICATION_ERROR",
        ),
        (
            "`AUTHORIZATION_ERROR: EXPIRED_SIGN`, 403",
            "the sign's time is over",
            403,
            "AUTHORIZATION_ERROR: EXPIRED_SIGN",
        ),
        (
            "`AUTHORIZATION_ERROR: REPLAY_ATTACK`",
            "a single-use sign came twice; in older lists of the vendor alone",
            403,
            "AUTHORIZATION_ERROR: REPLAY_ATTACK",
        ),
        (
            "`AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED`, 403",
            "the key was stopped",
            403,
            "AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED",
        ),
        (
            "`AUTHORIZATION_ERROR: IP_NOT_ALLOWED`, 403",
            "the calling address; the vendor's page calls it reserved",
            403,
            "AUTHORIZATION_ERROR: IP_NOT_ALLOWED",
        ),
        (
            "`AUTHORIZATION_ERROR: LIMIT_REACHED`, 403",
            "a test key's quota is used up",
            403,
            "AUTHORIZATION_ERROR: LIMIT_REACHED",
        ),
        ("`AUTHORIZATION_ERROR: DENIED`, 403", "no right to this API", 403, "AUTHORIZATION_ERROR: DENIED"),
        (
            "`CONCURRENCY_LIMIT_EXCEEDED`, 403 or 429; 429 without a code",
            "too many requests at once",
            403,
            "CONCURRENCY_LIMIT_EXCEEDED",
        ),
        ("`API_NOT_FOUND`, 404; 404 without a code", "no such API", 404, "API_NOT_FOUND"),
        ("`INTERNAL_ERROR`, 500", "a fault of the server", 500, "INTERNAL_ERROR"),
        (
            "any other code or reason",
            "new, or not on the vendor's page; its text is kept (`Other`)",
            403,
            "SOMETHING_NEW",
        ),
        ("none, 3xx", "a redirect", 302, ""),
        ("none, any other status", "a page of a gateway, such as HTML", 502, ""),
    ];
    println!("| `error.code()`, HTTP status | means | what to do |\n|---|---|---|");
    for (shown, meaning, status, error) in answers {
        let body = if error.is_empty() { String::new() } else { format!(r#"{{"error":"{error}"}}"#) };
        let hint = Error::from(ApiError::from_response(status, body)).hint();
        println!("| {shown} | {meaning} | {hint} |");
    }

    let context = Context::new(Config::new(Region::China, Credentials::new("fake-key", "fake-secret")?))?;
    let request = GetBizToken::new("scene").uuid("u".repeat(129));
    let refused = Call::new(&context, &request)
        .next(faceid_types::Moment::now())
        .err()
        .ok_or("a uuid of 129 bytes is refused")?;
    let body = DecodeError::new(200, DecodeFault::new("no biz_token"), "");
    let others = [
        (
            "`Error::Invalid`",
            "a field of the request is wrong, such as a `uuid` over 128 bytes",
            refused.hint(),
        ),
        ("`Error::Decode`", "the status says success, the body does not", Error::from(body).hint()),
        (
            "`TransportKind::NeverSent`",
            "no name, no connection, or none in time",
            transport(TransportKind::NeverSent),
        ),
        ("`TransportKind::Tls`", "TLS was refused", transport(TransportKind::Tls)),
        ("`TransportKind::Timeout`", "no answer in time", Hint::Slow),
        (
            "`TransportKind::Timeout`, and `is_before_send()`",
            "the deadline had passed before the first attempt",
            Hint::Deadline,
        ),
        (
            "`TransportKind::Interrupted`, `Misframed`",
            "the connection ended before an answer; the answer breaks off, or is not HTTP",
            transport(TransportKind::Interrupted),
        ),
        (
            "`TransportKind::Limit`, `Other`",
            "the answer is larger than allowed, compressed, or from another URL",
            transport(TransportKind::Limit),
        ),
    ];
    println!("\nWithout an answer that is an error of the service:\n");
    println!("| error | means | what to do |\n|---|---|---|");
    for (shown, meaning, hint) in others {
        println!("| {shown} | {meaning} | {hint} |");
    }
    Ok(())
}
