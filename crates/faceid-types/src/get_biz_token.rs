//! `POST /v5/sdk/get_biz_token`: the token that starts a liveness session. [Premium, App access, get token, 5.0.0]

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use crate::{Answer, DecodeFault, Endpoint, Form, Invalid};

/// Asks for a [`BizToken`], with which the app's SDK starts one liveness session.
///
/// It only mints a token, so it may be repeated safely.
///
/// ```
/// use faceid_types::GetBizToken;
///
/// let request = GetBizToken::new("the-scene-id-from-the-console").uuid("user-1");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct GetBizToken {
    liveness_id: String,
    uuid: Option<String>,
}

impl GetBizToken {
    /// The longest `uuid` in bytes: 42 CJK characters fill it.
    pub const MAX_UUID_LEN: usize = 128;

    /// `liveness_id` is the id of a liveness scene made in the vendor's console. Its form is not documented; it must
    /// not be empty, nor hold a control character.
    #[must_use]
    pub fn new(liveness_id: impl Into<String>) -> Self {
        Self { liveness_id: liveness_id.into(), uuid: None }
    }

    /// The end user's id in your system, at most 128 **bytes**.
    ///
    /// The same id for the same user is advised. Take it from the session of the logged-in user, never from the phone.
    #[must_use]
    pub fn uuid(mut self, uuid: impl Into<String>) -> Self {
        self.uuid = Some(uuid.into());
        self
    }
}

impl fmt::Debug for GetBizToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetBizToken")
            .field("liveness_id", &self.liveness_id)
            .field("uuid", &self.uuid.as_ref().map(|_| format_args!("..")))
            .finish()
    }
}

impl Endpoint for GetBizToken {
    type Response = BizToken;

    const PATH: &'static str = "/v5/sdk/get_biz_token";
    const REPEATABLE: bool = true;

    fn write<'a>(&'a self, form: &mut Form<'a>) -> Result<(), Invalid> {
        Invalid::unless_text("liveness_id", &self.liveness_id)?;
        form.text("liveness_id", &self.liveness_id);
        if let Some(uuid) = &self.uuid {
            Invalid::unless_text("uuid", uuid)?;
            if uuid.len() > Self::MAX_UUID_LEN {
                return Err(Invalid::too_long("uuid", uuid.len(), Self::MAX_UUID_LEN));
            }
            form.personal("uuid", uuid);
        }
        Ok(())
    }

    fn read(answer: &Answer<'_>) -> Result<BizToken, DecodeFault> {
        #[derive(Deserialize)]
        struct Body {
            biz_token: String,
        }

        let body: Body = answer.json()?;
        if body.biz_token.is_empty() {
            return Err(DecodeFault::new("biz_token is empty"));
        }
        // It goes on to a phone, where a sign must not be.
        if answer.repeats_the_sign(&body.biz_token) {
            return Err(DecodeFault::new("biz_token repeats the sign"));
        }
        Ok(BizToken {
            biz_token: body.biz_token,
            request_id: answer.request_id.map(Into::into),
            time_used: answer.time_used,
            received_at: answer.received_at,
        })
    }
}

/// A token for one liveness session: hand it to the phone.
///
/// It gives access to a session, so `Debug` does not show it. It can be serialized, for the answer to the phone:
/// `biz_token`, `request_id`, `time_used`, and `received_at` and `expires_at` as UNIX time in seconds.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use faceid_types::BizToken;
///
/// let now = SystemTime::now();
/// let token = BizToken::new("fake-token", now).with_request_id("fake-id");
/// assert_eq!(token.remaining(now + Duration::from_secs(600)), Duration::from_secs(3000));
/// assert!(!format!("{token:?}").contains("fake-token"));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the vendor's names")]
pub struct BizToken {
    biz_token: String,
    request_id: Option<String>,
    time_used: Option<u64>,
    received_at: SystemTime,
}

impl BizToken {
    /// How long a token is valid by default. [get token]
    ///
    /// The vendor does not say whether a contract can change it.
    pub const LIFETIME: Duration = Duration::from_secs(3600);

    /// A token as if it had just been received: for your own tests.
    #[must_use]
    pub fn new(biz_token: impl Into<String>, received_at: SystemTime) -> Self {
        Self { biz_token: biz_token.into(), request_id: None, time_used: None, received_at }
    }

    /// The same with the service's id of the request: for your own tests.
    #[must_use]
    pub fn with_request_id(self, request_id: impl Into<String>) -> Self {
        Self { request_id: Some(request_id.into()), ..self }
    }

    /// The same with what the service took, in milliseconds: for your own tests.
    #[must_use]
    pub fn with_time_used(self, milliseconds: u64) -> Self {
        Self { time_used: Some(milliseconds), ..self }
    }

    /// The token itself, an opaque text.
    #[must_use]
    pub fn biz_token(&self) -> &str {
        &self.biz_token
    }

    /// The service's id of this request, for a look-up later: write it down.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// What the service took, in milliseconds.
    #[must_use]
    pub fn time_used(&self) -> Option<u64> {
        self.time_used
    }

    /// When the answer was complete, by this machine's clock.
    #[must_use]
    pub fn received_at(&self) -> SystemTime {
        self.received_at
    }

    /// When the token expires, if it has the documented [`LIFETIME`](Self::LIFETIME).
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.received_at.checked_add(Self::LIFETIME).unwrap_or(self.received_at)
    }

    /// What is left of the documented [`LIFETIME`](Self::LIFETIME); zero once it is over.
    #[must_use]
    pub fn remaining(&self, now: SystemTime) -> Duration {
        self.expires_at().duration_since(now).unwrap_or_default()
    }
}

impl fmt::Debug for BizToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BizToken")
            .field("request_id", &self.request_id)
            .field("time_used", &self.time_used)
            .field("received_at", &self.received_at)
            .finish_non_exhaustive()
    }
}

impl Serialize for BizToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let unix = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut fields = serializer.serialize_struct("BizToken", 5)?;
        fields.serialize_field("biz_token", &self.biz_token)?;
        fields.serialize_field("request_id", &self.request_id)?;
        fields.serialize_field("time_used", &self.time_used)?;
        fields.serialize_field("received_at", &unix(self.received_at))?;
        fields.serialize_field("expires_at", &unix(self.expires_at()))?;
        fields.end()
    }
}
