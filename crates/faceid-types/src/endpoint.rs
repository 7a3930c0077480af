//! What an endpoint is: one struct for its request, and what its answer means.

use std::time::{Duration, SystemTime};

use serde::Deserialize;

use crate::{DecodeFault, Form, Invalid, repeats};

/// One call of the service. The request struct is the method: `client.send(&request)`.
///
/// Implement it for a struct of your own, and each client can send it. Signing, retries, time limits and the reading
/// of errors are the same for all.
///
/// ```
/// use faceid_types::{Answer, DecodeFault, Endpoint, Form, Invalid};
///
/// struct Liveness { biz_token: String }
///
/// impl Endpoint for Liveness {
///     type Response = serde_json::Map<String, serde_json::Value>;
///     const PATH: &'static str = "/v5/sdk/liveness";
///     const REPEATABLE: bool = false;
///
///     fn write<'a>(&'a self, form: &mut Form<'a>) -> Result<(), Invalid> {
///         Invalid::unless_text("biz_token", &self.biz_token)?;
///         form.personal("biz_token", &self.biz_token).text("data_type", "0");
///         Ok(())
///     }
///
///     fn read(answer: &Answer<'_>) -> Result<Self::Response, DecodeFault> {
///         answer.json()
///     }
/// }
/// ```
pub trait Endpoint {
    /// What a successful answer is read into.
    type Response;

    /// The path after the prefix (`/faceid`), such as `/v5/sdk/get_biz_token`.
    const PATH: &'static str;

    /// Whether a request may be repeated when it is not known whether the first one arrived. Never for a call that is
    /// billed.
    const REPEATABLE: bool;

    /// The longest answer that is read, in bytes.
    const BODY_LIMIT: usize = 256 * 1024;

    /// How long one attempt may take, from its start to the end of the answer's body.
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

    /// Checks the request and writes its fields; `sign` and `sign_version` are not among them.
    ///
    /// # Errors
    ///
    /// [`Invalid`] names the field; nothing is sent then.
    fn write<'a>(&'a self, form: &mut Form<'a>) -> Result<(), Invalid>;

    /// Reads a successful answer: its status is 2xx, and it holds no error.
    ///
    /// # Errors
    ///
    /// [`DecodeFault`], if it is not what was expected.
    fn read(answer: &Answer<'_>) -> Result<Self::Response, DecodeFault>;
}

/// A successful answer, before it is read.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Answer<'a> {
    /// The body as received: as a rule a JSON object.
    pub body: &'a [u8],
    /// The field `request_id`, if it is there and a text that prints.
    pub request_id: Option<&'a str>,
    /// The field `time_used` in milliseconds, if it is there and a whole number.
    pub time_used: Option<u64>,
    /// When the answer was complete, by this machine's clock.
    pub received_at: SystemTime,
    pub(crate) sign: &'a str,
}

impl<'a> Answer<'a> {
    /// An answer with this body, as a call makes it: for your own tests.
    #[must_use]
    pub fn new(body: &'a [u8], received_at: SystemTime) -> Self {
        Self { body, request_id: None, time_used: None, received_at, sign: "" }
    }

    /// Whether a text repeats the sign of the request, or a part of it.
    pub(crate) fn repeats_the_sign(&self, text: &str) -> bool {
        !repeats(text.as_bytes(), self.sign.as_bytes()).is_empty()
    }

    /// The body, read as JSON.
    ///
    /// # Errors
    ///
    /// [`DecodeFault`] with the kind of the fault, line and column. It repeats nothing of the body.
    pub fn json<T: Deserialize<'a>>(&self) -> Result<T, DecodeFault> {
        serde_json::from_slice(self.body).map_err(|error| DecodeFault::of_json(&error))
    }
}
