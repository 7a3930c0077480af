//! Reads what all answers have in common, and whatever else may come in their place.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What each answer of the service can have.
#[derive(Default)]
pub(crate) struct Envelope {
    /// The text of `error`, or of `error_message` as sister products have it; absent where it is null or empty.
    pub(crate) error: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) time_used: Option<u64>,
}

/// The longest request id that is believed to be one. The vendor's example has 47 bytes.
const MAX_REQUEST_ID: usize = 256;

impl Envelope {
    /// `None` if the body is not a JSON object.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
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
                            let text = error_text(map.next_value()?);
                            envelope.error = envelope.error.or(text);
                        }
                        "request_id" => envelope.request_id = printable(map.next_value()?),
                        "time_used" => envelope.time_used = map.next_value::<Value>()?.as_u64(),
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

fn error_text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}

/// An id that does not print is not one.
fn printable(value: Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() && text.len() <= MAX_REQUEST_ID => Some(text),
        _ => None,
    }
    .filter(|text| {
        text.chars()
            .all(|c| c.is_ascii_graphic() || c == ' ' || c.is_alphanumeric())
    })
}

/// Replaces what must not be shown by its name in brackets.
pub(crate) fn redacted(text: &str, secrets: &[(&str, &str)]) -> String {
    // A short value would be found everywhere, and garble the text without hiding anything.
    const SHORTEST: usize = 4;
    let mut text = text.to_owned();
    for (name, secret) in secrets.iter().filter(|(_, secret)| secret.len() >= SHORTEST) {
        if text.contains(secret) {
            text = text.replace(secret, &format!("[{name}]"));
        }
    }
    text
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
}

/// Keeps kind and place of the fault: the error's own text can repeat a value.
impl From<serde_json::Error> for DecodeFault {
    fn from(error: serde_json::Error) -> Self {
        let kind = match error.classify() {
            serde_json::error::Category::Data => "a field is missing, repeated or of another type",
            serde_json::error::Category::Eof => "the JSON breaks off",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is not JSON",
        };
        Self(format!("{kind}, at line {} column {}", error.line(), error.column()).into())
    }
}
