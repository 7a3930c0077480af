//! What ends the program with another code than 0.

use std::process::ExitCode;

use faceid_blocking::{Error, Hint, TransportKind};
use serde_json::{Value, json};

use crate::speech::{Lang, Phrase, Say};

/// The kind of a failure. It decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Other,
    /// A sign does not verify.
    Sign,
    /// The service said yes, and its answer does not read.
    Decode,
    Usage,
    Configuration,
    Service,
    Network,
    Concurrency,
}

impl Kind {
    /// The public table; README.md has it too.
    const fn code(self) -> u8 {
        match self {
            Self::Other | Self::Sign | Self::Decode => 1,
            Self::Usage => 2,
            Self::Configuration => 3,
            Self::Service => 4,
            Self::Network => 5,
            Self::Concurrency => 6,
        }
    }

    pub(crate) fn exit_code(self) -> ExitCode {
        self.code().into()
    }

    /// Its name in JSON.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Sign => "sign",
            Self::Decode => "decode",
            Self::Usage => "usage",
            Self::Configuration => "configuration",
            Self::Service => "service",
            Self::Network => "network",
            Self::Concurrency => "concurrency",
        }
    }
}

/// A failure, in no language yet.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) message: Phrase,
    pub(crate) hint: Option<Phrase>,
    /// What a program may go by: the service's code, a setting's name, a slip's.
    pub(crate) code: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) retryable: bool,
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: impl Into<Phrase>) -> Self {
        Self { kind, message: message.into(), hint: None, code: None, request_id: None, retryable: false }
    }

    pub(crate) fn hint(self, hint: impl Into<Phrase>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    pub(crate) fn code(self, code: impl Into<String>) -> Self {
        Self { code: Some(code.into()), ..self }
    }

    /// The one object on stderr that `--output json` promises.
    pub(crate) fn json(&self, lang: Lang) -> Value {
        json!({
            "kind": self.kind.as_str(),
            "code": self.code,
            "message": self.message.to(lang),
            "request_id": self.request_id,
            "retryable": self.retryable,
            "hint": self.hint.as_ref().map(|hint| hint.to(lang)),
        })
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let hint = error.hint();
        let code = match &error {
            Error::Transport(error) => Some(error.kind().as_str().to_owned()),
            Error::Invalid(error) => Some(error.field().to_owned()),
            other => other.code().map(ToString::to_string),
        };
        Self {
            kind: kind_of(&error, hint),
            message: message_of(&error),
            hint: Some(hint.into()),
            code,
            request_id: error.request_id().map(str::to_owned),
            retryable: error.is_retryable(),
        }
    }
}

fn kind_of(error: &Error, hint: Hint) -> Kind {
    match (error, hint) {
        (_, Hint::Concurrency) => Kind::Concurrency,
        (_, Hint::Machine) => Kind::Other,
        (Error::Invalid(_), _) => Kind::Usage,
        (Error::Decode(_), _) => Kind::Decode,
        (Error::Transport(_), _) => Kind::Network,
        // Something between here and the service answered in its place.
        (Error::Api(error), _) if error.code().is_none() => Kind::Network,
        _ => Kind::Service,
    }
}

fn message_of(error: &Error) -> Phrase {
    let detail = Phrase::from(error.to_string());
    match error {
        Error::Api(_) => Say::ServiceAnswered.with([detail]),
        Error::Decode(_) => Say::DoesNotRead.with([detail]),
        Error::Invalid(error) => not_sent(error.field(), &error.to_string()),
        Error::Transport(error) => transport(error.kind()).with([detail]),
        _ => detail,
    }
}

/// What the library says of a field; in its own English, where the table does not have it.
fn not_sent(field: &str, text: &str) -> Phrase {
    const KNOWN: [Say; 5] = [
        Say::FieldEmpty,
        Say::FieldWithControl,
        Say::FieldTooLong,
        Say::RandomSourceFailed,
        Say::ClockTooEarly,
    ];
    let told = text.strip_prefix(field).and_then(|rest| rest.strip_suffix("; nothing was sent"));
    let Some(problem) = told.map(str::trim_start) else { return text.into() };
    let figures = || problem.split(|c: char| !c.is_ascii_digit()).filter(|figure| !figure.is_empty());
    let said = |say: Say| Phrase::Say(say, figures().map(Phrase::from).collect());
    let known = KNOWN.into_iter().map(said).find(|phrase| phrase.to(Lang::En) == problem);
    Say::NotSent.with([field.into(), known.unwrap_or_else(|| problem.into())])
}

fn transport(kind: TransportKind) -> Say {
    match kind {
        TransportKind::NeverSent => Say::NeverSent,
        TransportKind::Tls => Say::TlsRefused,
        TransportKind::Timeout => Say::NoAnswerInTime,
        TransportKind::Interrupted => Say::ConnectionEnded,
        _ => Say::ExchangeFailed,
    }
}

#[cfg(test)]
mod tests {
    use faceid_blocking::{ApiError, Invalid, TransportError};

    use super::*;

    #[test]
    fn what_is_wrong_with_a_field_is_said_in_chinese() {
        let cases = [
            (Invalid::unless_text("uuid", "").unwrap_err(), "请求未发送：uuid 为空"),
            (Invalid::unless_text("uuid", "\n").unwrap_err(), "请求未发送：uuid 含有控制字符"),
            (Invalid::too_long("uuid", 129, 128), "请求未发送：uuid 有 129 字节，最多允许 128 字节"),
            (Invalid::new("clock", "stands before 1970"), "请求未发送：clock 早于 1970 年"),
        ];
        for (invalid, chinese) in cases {
            let english = invalid.to_string();
            let failure = Failure::from(Error::from(invalid));
            assert_eq!(failure.message.to(Lang::Zh), chinese);
            assert_eq!(failure.message.to(Lang::En), english);
        }
    }

    #[test]
    fn exit_codes_of_answers() {
        // status, body, exit code, retryable
        let cases = [
            (403, r#"{"error":"AUTHENTICATION_ERROR"}"#, 4, false),
            (404, r#"{"error":"API_NOT_FOUND"}"#, 4, false),
            (500, r#"{"error":"INTERNAL_ERROR"}"#, 4, true),
            (403, r#"{"error":"CONCURRENCY_LIMIT_EXCEEDED"}"#, 6, true),
            (429, "slow down", 6, true),
            (403, r#"{"error":"SOMETHING_NEW"}"#, 4, false),
            (502, "<html>", 5, true),
            (301, "", 5, false),
        ];
        for (status, body, code, retryable) in cases {
            let failure = Failure::from(Error::from(ApiError::from_response(status, body)));
            assert_eq!((failure.kind.code(), failure.retryable), (code, retryable), "{status} {body}");
        }
        for kind in
            [TransportKind::NeverSent, TransportKind::Tls, TransportKind::Timeout, TransportKind::Limit]
        {
            let failure = Failure::from(Error::from(TransportError::from(kind)));
            assert_eq!(failure.kind.code(), 5, "{kind}");
        }
    }
}
