//! A fault for the requests that it fits.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::Fault;
use super::plan::Subject;

/// A fault for each request that it fits, whatever its `liveness_id` asks for.
///
/// The rules are tried in their order, and the first that fits, has times left and is drawn counts. As JSON, with
/// all but `fault` left out where it is as here:
///
/// ```
/// use faceid_sandbox::{Rule, VendorError};
///
/// let rule: Rule = serde_json::from_str(
///     r#"{"fault": "INTERNAL_ERROR", "match": {"liveness_id": "loan-*"}, "times": 3, "probability": 0.5}"#,
/// )?;
/// let same = Rule::new(VendorError::InternalError).liveness_id("loan-*").times(3).probability(0.5);
/// assert_eq!(rule, same);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule {
    /// What happens.
    pub fault: Fault,
    /// To which requests; all of them if nothing is said.
    #[serde(default, rename = "match", skip_serializing_if = "Match::is_empty", deserialize_with = "object")]
    pub matching: Match,
    /// To how many requests, on the whole; then the rule is over.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "at_least_1")]
    pub times: Option<u32>,
    /// To which part of them, 0 to 1; to each if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "between_0_and_1")]
    pub probability: Option<f64>,
    /// What the draws begin with; the sandbox's own seed if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// Which requests a [`Rule`] is for: those that have each value that is given, with a `*` at its end each that begins
/// so. Its [`fmt::Debug`] tells whether a `uuid` is given, and not which.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Match {
    /// The key of the sign.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "not_empty")]
    pub api_key: Option<String>,
    /// The scene.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "not_empty")]
    pub liveness_id: Option<String>,
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
}

impl fmt::Debug for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Match")
            .field("api_key", &self.api_key)
            .field("liveness_id", &self.liveness_id)
            .field("uuid", &self.uuid.as_ref().map(|_| format_args!("..")))
            .finish()
    }
}

impl Rule {
    /// A rule for all requests.
    #[must_use]
    pub fn new(fault: impl Into<Fault>) -> Self {
        let (matching, times, probability, seed) = (Match::default(), None, None, None);
        Self { fault: fault.into(), matching, times, probability, seed }
    }

    /// For the requests with this key alone.
    #[must_use]
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.matching.api_key = Some(api_key.into());
        self
    }

    /// For the requests with this `liveness_id` alone.
    #[must_use]
    pub fn liveness_id(mut self, liveness_id: impl Into<String>) -> Self {
        self.matching.liveness_id = Some(liveness_id.into());
        self
    }

    /// For the requests with this `uuid` alone.
    #[must_use]
    pub fn uuid(mut self, uuid: impl Into<String>) -> Self {
        self.matching.uuid = Some(uuid.into());
        self
    }

    /// For so many requests, and no more: with 0 for none, which JSON refuses.
    #[must_use]
    pub fn times(self, requests: u32) -> Self {
        Self { times: Some(requests), ..self }
    }

    /// For this part of the requests: 0 is none of them, 1 each.
    #[must_use]
    pub fn probability(self, part: f64) -> Self {
        Self { probability: Some(part), ..self }
    }

    /// The same draws each time.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }
}

impl<F: Into<Fault>> From<F> for Rule {
    fn from(fault: F) -> Self {
        Self::new(fault)
    }
}

impl Match {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn fits(&self, subject: &Subject<'_>) -> bool {
        let fits = |wanted: &Option<String>, found: &[u8]| match wanted.as_deref() {
            None => true,
            Some(wanted) => match wanted.strip_suffix('*') {
                Some(start) => found.starts_with(start.as_bytes()),
                None => found == wanted.as_bytes(),
            },
        };
        fits(&self.api_key, subject.api_key.as_bytes())
            && fits(&self.liveness_id, subject.liveness_id)
            && fits(&self.uuid, subject.uuid)
    }
}

impl Serialize for Fault {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// By its fields' order an array would do, too.
fn object<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Match, D::Error> {
    struct Object;

    impl<'de> Visitor<'de> for Object {
        type Value = Match;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object with api_key, liveness_id or uuid")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Match, A::Error> {
            Match::deserialize(MapAccessDeserializer::new(map))
        }
    }

    deserializer.deserialize_map(Object)
}

// What these refuse would never fit a request. An empty uuid is one that is not given.

fn at_least_1<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    match Option::deserialize(deserializer)? {
        Some(0) => Err(serde::de::Error::custom("a number of 1 or more is wanted")),
        times => Ok(times),
    }
}

fn not_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        Some(value) if value.is_empty() => {
            Err(serde::de::Error::custom("a text is wanted that is not empty"))
        }
        value => Ok(value),
    }
}

fn between_0_and_1<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let part = Option::<f64>::deserialize(deserializer)?;
    match part {
        Some(part) if !(0.0..=1.0).contains(&part) => {
            Err(serde::de::Error::custom("a number from 0 to 1 is wanted"))
        }
        part => Ok(part),
    }
}
