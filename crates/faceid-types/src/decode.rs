//! Reads what all answers have in common, and whatever else may come in their place.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::redact::redacted;

/// What each answer of the service can have.
#[derive(Default)]
pub(crate) struct Envelope {
    /// The text of `error`, or of `error_message` as sister products have it; absent where it is null or empty.
    pub(crate) error: Option<String>,
    /// Whether there is an error at all, even one whose text does not read.
    pub(crate) failed: bool,
    pub(crate) request_id: Option<String>,
    pub(crate) time_used: Option<u64>,
}

/// The longest request id that is believed to be one. The vendor's example has 47 bytes.
const MAX_REQUEST_ID: usize = 256;

impl Envelope {
    /// Fails if the body is not a JSON object.
    pub(crate) fn read(body: &[u8]) -> Result<Self, DecodeFault> {
        // Bytes that are not UTF-8 in one member must not hide the others.
        let text = std::str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed);
        serde_json::from_str(&text).map_err(|error| {
            if error.is_data() {
                DecodeFault::new("it is not a JSON object")
            } else {
                DecodeFault::of_json(&error)
            }
        })
    }
}

/// By hand: a field of an unexpected type must not hide the others, nor a repeated one.
impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Envelope;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
                let mut envelope = Envelope::default();
                while let Some(name) = map.next_key::<Cow<'de, str>>()? {
                    match &*name {
                        "error" | "error_message" => {
                            let value: Option<Value> = read(map.next_value()?);
                            let text = value.as_ref().and_then(error_text);
                            envelope.failed |= value.is_none() || text.is_some();
                            envelope.error = envelope.error.or(text);
                        }
                        "request_id" => envelope.request_id = read(map.next_value()?).and_then(printable),
                        "time_used" => envelope.time_used = read(map.next_value()?),
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(envelope)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// `None` for a value of another type, or that is too deep, out of range or badly escaped.
fn read<'de, T: Deserialize<'de>>(raw: &'de RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}

fn error_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}

/// An id that does not print is not one.
fn printable(text: String) -> Option<String> {
    let prints =
        |text: &String| text.chars().all(|c| c.is_ascii_graphic() || c == ' ' || c.is_alphanumeric());
    Some(text).filter(|text| !text.is_empty() && text.len() <= MAX_REQUEST_ID && prints(text))
}

/// A request id without what must not be shown; none where that makes it too long to be one.
pub(crate) fn shown_id(id: String, secrets: &[(&str, &str)]) -> Option<String> {
    match redacted(&id, secrets) {
        Cow::Borrowed(_) => Some(id),
        Cow::Owned(shown) => (shown.len() <= MAX_REQUEST_ID).then_some(shown),
    }
}

/// Why an answer does not read.
///
/// It tells where and what kind of fault it is, and repeats nothing of the answer, which may hold a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeFault(Cow<'static, str>);

impl DecodeFault {
    /// A fault in words of your own: "`biz_token` is empty".
    #[must_use]
    pub const fn new(problem: &'static str) -> Self {
        Self(Cow::Borrowed(problem))
    }

    /// Keeps kind and place of the fault: the error's own text can repeat a value.
    ///
    /// No `From`: it would make a breaking version of `serde_json` one of ours.
    pub(crate) fn of_json(error: &serde_json::Error) -> Self {
        let kind = match error.classify() {
            serde_json::error::Category::Data => "a field is missing, repeated or of another type",
            serde_json::error::Category::Eof => "the JSON breaks off",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is not JSON",
        };
        Self(format!("{kind}, at line {} column {}", error.line(), error.column()).into())
    }
}
