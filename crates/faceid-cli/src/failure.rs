//! What ends the program early.

use std::io;
use std::process::ExitCode;

use faceid_blocking::{Error, ErrorCode, Hint, TransportError, TransportKind};
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
    Interrupted,
    /// Who reads stdout has enough, as `head` does: there is nothing more to do, and nothing to tell.
    Unread,
}

impl Kind {
    /// The public table; README.md has it too.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Unread => 0,
            Self::Other | Self::Sign | Self::Decode => 1,
            Self::Usage => 2,
            Self::Configuration => 3,
            Self::Service => 4,
            Self::Network => 5,
            Self::Concurrency => 6,
            Self::Interrupted => 130,
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
            Self::Interrupted => "interrupted",
            Self::Unread => "unread",
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
            other => other.code().and_then(self::code),
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
    match error {
        Error::Api(answer) => match answer.message() {
            Some(message) => Say::ServiceAnswered.with([message.to_string().into(), rest(error)]),
            None => Say::NoErrorCode.with([rest(error)]),
        },
        Error::Decode(answer) => Say::DoesNotRead.with([fault(&answer.fault().to_string()), rest(error)]),
        Error::Invalid(error) => not_sent(error.field(), &error.to_string()),
        Error::Transport(error) => no_answer(error),
        other => other.to_string().into(),
    }
}

/// The service's own text, as who compares it wants it: cut where it is no code any more, and none that was no text.
pub(crate) fn code(code: &ErrorCode) -> Option<String> {
    const LONGEST: usize = 256;
    let text = match code {
        ErrorCode::AuthorizationError(reason) => format!("{}: {}", code.as_str(), reason.as_str()),
        _ => code.as_str().to_owned(),
    };
    (!text.starts_with(['{', '['])).then(|| text.chars().take(LONGEST).collect())
}

/// What stands behind an answer's error: its status, and what it took.
fn rest(error: &Error) -> Phrase {
    let status = error.status().map(|status| status.to_string()).unwrap_or_default();
    let mut rest = Say::HttpStatus.with([status.into()]);
    if let Some(request_id) = error.request_id() {
        rest = Say::WithRequestId.with([rest, request_id.into()]);
    }
    if error.attempts() > 1 {
        let seconds = format!("{:.1}", error.elapsed().as_secs_f64());
        rest = Say::WithAttempts.with([rest, error.attempts().to_string().into(), seconds.into()]);
    }
    rest
}

/// Why an answer does not read.
fn fault(text: &str) -> Phrase {
    const KNOWN: [Say; 5] =
        [Say::NotJson, Say::JsonBreaksOff, Say::JsonOfOtherFields, Say::NotAnObject, Say::NoToken];
    known(&KNOWN, text)
}

/// In the words of the table; in the library's own English, where it does not have them.
pub(crate) fn known(table: &[Say], text: &str) -> Phrase {
    let figures = || text.split(|c: char| !c.is_ascii_digit()).filter(|figure| !figure.is_empty());
    let said = |say: &Say| Phrase::Say(*say, figures().map(Phrase::from).collect());
    table.iter().map(said).find(|phrase| phrase.to(Lang::En) == text).unwrap_or_else(|| text.into())
}

/// What happened, and in its own words what the system, TLS or the HTTP library says of it.
fn no_answer(error: &TransportError) -> Phrase {
    let (text, kind) = (error.to_string(), error.kind().to_string());
    let cause = text.strip_prefix(&kind).and_then(|rest| rest.strip_prefix(": "));
    // What the HTTP library calls an error before it says what happened.
    let cause = cause.map(|cause| cause.trim_start_matches("other: ").trim_start_matches("io: "));
    match (transport(error.kind()), cause) {
        (None, _) => text.into(),
        (Some(say), None) => say.into(),
        (Some(say), Some(cause)) => Say::Because.with([say.into(), self::cause(cause)]),
    }
}

/// In the words of the table, where it has them.
pub(crate) fn cause(text: &str) -> Phrase {
    // TLS has no words for this one, only its name.
    if text.ends_with("(CaUsedAsEndEntity))") {
        Say::CaAsServer.into()
    } else {
        known(&[Say::FromAnotherUrl], text)
    }
}

/// What the system says of a file, or the program's own limit.
pub(crate) fn unread(error: &io::Error) -> Phrase {
    known(&[Say::MoreThanKib], &error.to_string())
}

/// What the library says of a field.
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
    Say::NotSent.with([field.into(), known(&KNOWN, problem)])
}

/// `None` for one that a later version of the library brings.
pub(crate) fn transport(kind: TransportKind) -> Option<Say> {
    Some(match kind {
        TransportKind::NeverSent => Say::NeverSent,
        TransportKind::Tls => Say::TlsRefused,
        TransportKind::Timeout => Say::NoAnswerInTime,
        TransportKind::Interrupted => Say::ConnectionEnded,
        TransportKind::Misframed => Say::BrokenOff,
        TransportKind::Limit => Say::TooLarge,
        TransportKind::Other => Say::ExchangeFailed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use faceid_blocking::{ApiError, DecodeError, DecodeFault, Invalid};

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
    fn what_came_in_place_of_a_token_is_said_in_chinese() {
        let api = |status, body: &str| Error::from(ApiError::from_response(status, body));
        let decode = |fault| Error::from(DecodeError::new(200, DecodeFault::new(fault), ""));
        let without = |kind| Error::from(TransportError::from(kind));
        let because = |kind, cause: &str| Error::from(TransportError::new(kind, cause));
        let identified = r#"{"error":"INTERNAL_ERROR","request_id":"1,f"}"#;
        let cases = [
            (
                api(403, r#"{"error":"AUTHENTICATION_ERROR"}"#),
                "服务返回错误：AUTHENTICATION_ERROR（HTTP 403）",
            ),
            (api(500, identified), "服务返回错误：INTERNAL_ERROR（HTTP 500，request_id 1,f）"),
            (
                api(500, identified).with_attempts(3, Duration::from_millis(120)),
                "服务返回错误：INTERNAL_ERROR（HTTP 500，request_id 1,f，0.1 秒内尝试 3 次）",
            ),
            (api(502, "<html>"), "应答没有错误码，是网关代替服务作答（HTTP 502）"),
            (
                api(502, "").with_attempts(2, Duration::from_secs(1)),
                "应答没有错误码，是网关代替服务作答（HTTP 502，1.0 秒内尝试 2 次）",
            ),
            (
                decode("it is not JSON, at line 1 column 2"),
                "无法解读应答：不是 JSON，第 1 行第 2 列（HTTP 200）",
            ),
            (
                decode("the JSON breaks off, at line 1 column 2"),
                "无法解读应答：JSON 不完整，第 1 行第 2 列（HTTP 200）",
            ),
            (
                decode("a field is missing, repeated or of another type, at line 1 column 2"),
                "无法解读应答：有字段缺失、重复或类型不对，第 1 行第 2 列（HTTP 200）",
            ),
            (decode("it is not a JSON object"), "无法解读应答：不是 JSON 对象（HTTP 200）"),
            (decode("biz_token is empty"), "无法解读应答：biz_token 为空（HTTP 200）"),
            (because(TransportKind::NeverSent, "refused"), "无法连接到服务：refused"),
            (because(TransportKind::Tls, "unknown issuer"), "TLS 被拒绝：unknown issuer"),
            (because(TransportKind::Timeout, "timeout: global"), "未能及时收到应答：timeout: global"),
            (because(TransportKind::Interrupted, "reset"), "连接在应答之前中断：reset"),
            (without(TransportKind::Misframed), "应答不完整，或不是 HTTP"),
            (without(TransportKind::Limit), "应答超过允许的大小"),
            (without(TransportKind::Other), "通信失败"),
            (
                because(TransportKind::Other, "the answer came from another URL"),
                "通信失败：应答来自另一个 URL",
            ),
        ];
        for (error, chinese) in cases {
            let english = error.to_string();
            let failure = Failure::from(error);
            assert_eq!(failure.message.to(Lang::Zh), chinese);
            assert_eq!(failure.message.to(Lang::En), english);
        }
    }

    #[test]
    fn what_libraries_name_and_do_not_say() {
        let cases = [
            (TransportKind::NeverSent, "other: io: refused", "the service could not be reached: refused"),
            (TransportKind::Interrupted, "io: reset", "the connection ended before an answer: reset"),
            (
                TransportKind::Tls,
                "io: invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
                "TLS was refused: the server's certificate is that of an authority (CA), which may not stand for a server",
            ),
        ];
        for (kind, cause, said) in cases {
            assert_eq!(
                Failure::from(Error::from(TransportError::new(kind, cause))).message.to(Lang::En),
                said
            );
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
