//! Each documented error in each spelling, and answers that say two things.

use crate::{Expect, Row};

/// Status, code, and what follows it.
const DOCUMENTED: &[(u16, &str, &str)] = &[
    (400, "MISSING_ARGUMENTS", "sign"),
    (400, "BAD_ARGUMENTS", "liveness_id"),
    (403, "AUTHENTICATION_ERROR", ""),
    (403, "AUTHORIZATION_ERROR", "API_KEY_BE_DISCONTINUED"),
    (403, "AUTHORIZATION_ERROR", "IP_NOT_ALLOWED"),
    (403, "AUTHORIZATION_ERROR", "LIMIT_REACHED"),
    (403, "AUTHORIZATION_ERROR", "DENIED"),
    (403, "AUTHORIZATION_ERROR", "EXPIRED_SIGN"),
    (403, "AUTHORIZATION_ERROR", "INVALID_SIGN"),
    (403, "AUTHORIZATION_ERROR", "REPLAY_ATTACK"),
    (403, "CONCURRENCY_LIMIT_EXCEEDED", ""),
    (429, "CONCURRENCY_LIMIT_EXCEEDED", ""),
    (404, "API_NOT_FOUND", ""),
    (500, "INTERNAL_ERROR", ""),
];

pub(super) fn rows() -> Vec<Row> {
    let documented = DOCUMENTED.iter().flat_map(|&(status, code, detail)| {
        spellings(code, detail).into_iter().flat_map(move |text| {
            ["error", "error_message"].map(|member| {
                let body = format!(r#"{{"{member}":"{text}"}}"#);
                let row = row(format!("{status} {body}"), (status, code), 1, &body);
                // Those that are asked again have rows of their own: the others are final, however often one may ask.
                if matches!(code, "INTERNAL_ERROR" | "CONCURRENCY_LIMIT_EXCEEDED") {
                    row.attempts(1)
                } else {
                    row
                }
            })
        })
    });
    documented.chain(others()).collect()
}

/// An answer of this status and code, to so many requests.
fn row(name: impl Into<String>, (status, code): (u16, &'static str), requests: usize, body: &str) -> Row {
    Row::answer(name, Expect::Api(status, code), requests, format!("{status} Status"), body)
}

fn spellings(code: &str, detail: &str) -> Vec<String> {
    let mut texts = if detail.is_empty() {
        vec![code.to_owned(), format!(" {code} ")]
    } else {
        vec![
            format!("{code}: {detail}"),
            format!("{code}:{detail}"),
            format!("{code} : {detail}"),
            format!("{code}{detail}"),
        ]
    };
    texts.push(texts[0].to_ascii_lowercase());
    texts
}

fn others() -> Vec<Row> {
    let both = r#"{"biz_token":"fake-token","error":"BAD_ARGUMENTS: uuid"}"#;
    vec![
        row("INTERNAL_ERROR, asked three times", (500, "INTERNAL_ERROR"), 3, r#"{"error":"INTERNAL_ERROR"}"#),
        row(
            "CONCURRENCY_LIMIT_EXCEEDED, asked three times",
            (403, "CONCURRENCY_LIMIT_EXCEEDED"),
            3,
            r#"{"error":"CONCURRENCY_LIMIT_EXCEEDED"}"#,
        )
        .within(8000)
        .slow(),
        row("200 with an error", (200, "API_NOT_FOUND"), 1, r#"{"error":"API_NOT_FOUND"}"#),
        row("200 with a token and an error", (200, "BAD_ARGUMENTS"), 1, both),
        row("400 with a token and an error", (400, "BAD_ARGUMENTS"), 1, both),
        row("500 with a token", (500, ""), 3, r#"{"biz_token":"fake-token"}"#),
        row("403 with a token", (403, ""), 1, r#"{"biz_token":"fake-token"}"#),
        row(
            "two errors, of which the first counts",
            (400, "BAD_ARGUMENTS"),
            1,
            r#"{"error":"BAD_ARGUMENTS: uuid","error_message":"INTERNAL_ERROR"}"#,
        ),
        row(
            "500 with an error that is final",
            (500, "AUTHENTICATION_ERROR"),
            1,
            r#"{"error":"AUTHENTICATION_ERROR"}"#,
        ),
        row("an unknown code", (403, "SOMETHING_NEW"), 1, r#"{"error":"SOMETHING_NEW: why"}"#),
        row(
            "an unknown reason",
            (403, "AUTHORIZATION_ERROR"),
            1,
            r#"{"error":"AUTHORIZATION_ERROR: BY_THE_MOON"}"#,
        ),
        row("an error that is an object", (400, r#"{"code""#), 1, r#"{"error":{"code":1}}"#),
        row("an error that is a number", (400, "7"), 1, r#"{"error":7}"#),
        row("an error that is false", (200, "false"), 1, r#"{"error":false,"biz_token":"fake-token"}"#),
        row("an error_message that is a number", (400, "7"), 1, r#"{"error_message":7}"#),
        row("an error_message that is an array", (400, r#"["X"]"#), 1, r#"{"error_message":["X"]}"#),
        row("an error_message that is an object", (400, r#"{"code""#), 1, r#"{"error_message":{"code":1}}"#),
        row(
            "an error beside a request_id that is an array",
            (400, "BAD_ARGUMENTS"),
            1,
            r#"{"error":"BAD_ARGUMENTS: uuid","request_id":["fake-id"],"time_used":{}}"#,
        ),
        row("an error without a text", (400, ""), 1, r#"{"error":""}"#),
    ]
}
