//! A service that answers by a script, a clock that is turned by hand, and a parser of forms that is not ours.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use faceid_sign::Claims;
use faceid_types::{
    Answer, Attempt, Call, Config, Context, Credentials, DecodeFault, Endpoint, Error, Form, GetBizToken,
    Invalid, Moment, Region, Step, TransportError, TransportKind,
};
use futures_util::{FutureExt as _, stream};
use http::{HeaderMap, Request, Response};

/// The time of day at which each script begins.
pub(crate) const NOW: u64 = 1_600_000_000;
/// What each scripted exchange takes.
pub(crate) const EXCHANGE: Duration = Duration::from_millis(10);

pub(crate) const TOKEN: &str =
    r#"{"biz_token":"1531397038,f0b9eea0","time_used":18,"request_id":"1531397037,c1223c5b"}"#;

pub(crate) fn credentials() -> Credentials {
    Credentials::new("fake-key", "fake-secret").unwrap()
}

pub(crate) fn config() -> Config {
    Config::new(Region::Singapore, credentials())
}

pub(crate) fn context() -> Context {
    Context::new(config()).unwrap()
}

pub(crate) fn request() -> GetBizToken {
    GetBizToken::new("fake-scene").uuid("user-1")
}

/// An endpoint of a user's own that must not be repeated blindly.
pub(crate) struct Billed;

impl Endpoint for Billed {
    type Response = serde_json::Map<String, serde_json::Value>;

    const PATH: &'static str = "/v5/sdk/billed";
    const REPEATABLE: bool = false;
    const BODY_LIMIT: usize = 77;
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

    fn write<'a>(&'a self, form: &mut Form<'a>) -> Result<(), Invalid> {
        form.text("data_type", "0");
        Ok(())
    }

    fn read(answer: &Answer<'_>) -> Result<Self::Response, DecodeFault> {
        answer.json()
    }
}

/// Both clocks, turned by hand.
#[derive(Clone, Copy)]
pub(crate) struct Clock(Moment);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Moment { wall: UNIX_EPOCH + Duration::from_secs(NOW), steady: Instant::now() })
    }

    pub(crate) fn now(&self) -> Moment {
        self.0
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.0.wall += by;
        self.0.steady += by;
    }

    /// Sets the time of day, as somebody does whose clock was off.
    pub(crate) fn set(&mut self, unix: u64) {
        self.0.wall = UNIX_EPOCH + Duration::from_secs(unix);
    }

    pub(crate) fn unix(&self) -> u64 {
        unix(self.0.wall)
    }
}

pub(crate) fn unix(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap().as_secs()
}

pub(crate) type Outcome = Result<Response<Vec<u8>>, TransportError>;

/// What a service does with one attempt.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Answer(u16, HeaderMap, Vec<u8>),
    Failure(TransportKind),
}

impl Reply {
    pub(crate) fn header(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        if let Self::Answer(_, headers, _) = &mut self {
            headers.append(name, value.as_ref().try_into().unwrap());
        }
        self
    }

    /// With a Date that is this many seconds from `NOW`.
    pub(crate) fn date(self, offset: i64) -> Self {
        self.header("date", http_date(NOW.checked_add_signed(offset).unwrap()))
    }

    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::Failure(kind) => Err(TransportError::new(kind, "a library's words")),
            Self::Answer(status, headers, body) => {
                let mut response = Response::new(body);
                *response.status_mut() = status.try_into().unwrap();
                *response.headers_mut() = headers;
                Ok(response)
            }
        }
    }
}

pub(crate) fn answer(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply::Answer(status, HeaderMap::new(), body.into())
}

pub(crate) fn failure(kind: TransportKind) -> Reply {
    Reply::Failure(kind)
}

pub(crate) fn token() -> Reply {
    answer(200, TOKEN)
}

pub(crate) fn error(status: u16, text: &str) -> Reply {
    answer(status, serde_json::json!({ "error": text }).to_string())
}

pub(crate) fn http_date(unix: u64) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(unix))
}

/// One attempt as the service saw it.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The time of day, by the caller's clock, at which it was asked for.
    pub(crate) at: u64,
    pub(crate) sign: String,
    pub(crate) budget: Duration,
    pub(crate) connect_budget: Duration,
}

impl Seen {
    pub(crate) fn claims(&self) -> Claims {
        Claims::peek(&self.sign).unwrap()
    }
}

/// A call that has ended.
#[derive(Debug)]
pub(crate) struct Run<T> {
    pub(crate) result: Result<T, Error>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) waits: Vec<Duration>,
}

impl<T> Run<T> {
    pub(crate) fn attempts(&self) -> usize {
        self.seen.len()
    }

    pub(crate) fn error(&self) -> &Error {
        self.result.as_ref().err().expect("an error")
    }
}

/// The loop that each client is. It sleeps by turning the clock, and asks for no more than the script holds.
pub(crate) fn run<E: Endpoint>(
    context: &Context,
    request: &E,
    clock: &mut Clock,
    script: impl IntoIterator<Item = Reply>,
) -> Run<E::Response> {
    let mut script = script.into_iter();
    let mut call = Call::new(context, request);
    let (mut seen, mut waits) = (Vec::new(), Vec::new());
    loop {
        let attempt = match call.next(clock.now()) {
            Ok(attempt) => attempt,
            Err(error) => {
                return Run { result: Err(error), seen, waits };
            }
        };
        seen.push(see(&attempt, clock));
        clock.advance(EXCHANGE.min(attempt.budget));
        let reply = script.next().expect("the script has another reply");
        match call.finish(reply.outcome(), clock.now()) {
            Step::Done(result) => {
                return Run { result, seen, waits };
            }
            Step::Retry(wait) => {
                waits.push(wait);
                clock.advance(wait);
            }
        }
    }
}

/// The same from the start of a fresh clock.
pub(crate) fn ask(context: &Context, script: impl IntoIterator<Item = Reply>) -> Run<faceid_types::BizToken> {
    run(context, &request(), &mut Clock::new(), script)
}

fn see(attempt: &Attempt, clock: &Clock) -> Seen {
    Seen {
        at: clock.unix(),
        sign: text_of(&attempt.request, "sign"),
        budget: attempt.budget,
        connect_budget: attempt.connect_budget,
    }
}

/// A part of a form, as a parser reads it that many Rust servers use.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) value: Vec<u8>,
}

pub(crate) fn parts(request: &Request<Vec<u8>>) -> Vec<Part> {
    let content_type = request.headers()["content-type"].to_str().unwrap();
    let boundary = multer::parse_boundary(content_type).unwrap();
    let body = request.body().clone();
    let whole = stream::once(async { Ok::<_, std::convert::Infallible>(body) });
    let mut form = multer::Multipart::new(whole, boundary);
    let mut parts = Vec::new();
    // All of the body is there, so nothing is ever waited for.
    while let Some(field) = form.next_field().now_or_never().unwrap().unwrap() {
        parts.push(Part {
            name: field.name().unwrap().to_owned(),
            file_name: field.file_name().map(ToOwned::to_owned),
            content_type: field.content_type().map(ToString::to_string),
            value: field.bytes().now_or_never().unwrap().unwrap().to_vec(),
        });
    }
    parts
}

pub(crate) fn text_of(request: &Request<Vec<u8>>, name: &str) -> String {
    let part = parts(request).into_iter().find(|part| part.name == name).unwrap();
    String::from_utf8(part.value).unwrap()
}

/// One attempt whose answer may repeat what was sent.
pub(crate) fn echo<E: Endpoint>(
    context: &Context,
    request: &E,
    reply: impl FnOnce(&Attempt) -> Reply,
) -> Result<E::Response, Error> {
    let mut clock = Clock::new();
    let mut call = Call::new(context, request);
    let attempt = call.next(clock.now()).unwrap();
    clock.advance(EXCHANGE);
    match call.finish(reply(&attempt).outcome(), clock.now()) {
        Step::Done(result) => result,
        Step::Retry(wait) => panic!("{wait:?}: take an error that is final, or one attempt"),
    }
}

/// One attempt, and what this answer to it means.
pub(crate) fn read(status: u16, body: impl Into<Vec<u8>>) -> Result<faceid_types::BizToken, Error> {
    let once = config().retry(faceid_types::Retry::default().max_attempts(1));
    echo(&Context::new(once).unwrap(), &request(), |_| answer(status, body))
}

/// All that a program's log can come to hold of an error: both formats, its parts, and its sources.
pub(crate) fn shown(error: &Error) -> Vec<String> {
    let mut shown =
        vec![error.to_string(), format!("{error:?}"), format!("{error:#?}"), error.hint().to_string()];
    shown.extend(error.code().map(|code| format!("{code} {code:?}")));
    shown.extend(error.detail().map(|detail| format!("{detail} {detail:?}")));
    shown.extend(error.request_id().map(ToOwned::to_owned));
    if let Error::Api(error) = error {
        shown.extend(error.message().map(|message| format!("{message} {message:?}")));
    }
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        shown.push(format!("{error} {error:?}"));
        source = error.source();
    }
    shown
}

/// Whether a terminal shows it as it is: no control character, nothing that turns or hides text. Written from the
/// Unicode tables' names, not from how `Text` does it.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| {
        c.is_control()
            || matches!(c,
                '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{FEFF}'
                | '\u{200B}'..='\u{200F}' // zero width, left-to-right and right-to-left marks
                | '\u{2028}'..='\u{202E}' // separators, embeddings and overrides
                | '\u{2060}'..='\u{206F}' // invisible operators, isolates
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}' // tags
                | '\u{E000}'..='\u{F8FF}' // private use
            )
    })
}
