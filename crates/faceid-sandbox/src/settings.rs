//! What the vendor leaves open, or says in two ways: a setting each, with the default.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::VendorError;

/// How the sandbox decides where the vendor's pages do not say, or contradict each other.
///
/// The defaults check what is documented and nothing beyond. [`Builder`](crate::Builder) has a setter for each.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct Settings {
    /// How long after its expiry a sign is still taken, for clocks that are off. Not documented; none.
    pub clock_skew: Duration,
    /// The longest time from a sign's issue to its expiry. Not documented; no limit.
    pub longest_validity: Option<Duration>,
    /// How far in the future a sign may have been issued. Not documented; no limit.
    pub furthest_future: Option<Duration>,
    /// How far from now, either way, a single-use sign may have been issued. Ours: 24 hours, so that the used ones can
    /// be forgotten once each clock is past that. A clock that is then set back takes none of the time that is
    /// forgotten. With `None` each is remembered as long as the sandbox lives.
    pub single_use_window: Option<Duration>,
    /// Whether errors carry a `request_id`. "Always returned", yet absent from the page's own example; yes.
    pub request_id_on_errors: bool,
    /// Whether errors carry `time_used`. As above; yes.
    pub time_used_on_errors: bool,
    /// Whether an answer says in the header `x-faceid-sandbox-hint` what was wrong with the request, as the journal
    /// does. The service has no such header; yes.
    pub hint_header: bool,
    /// The status of `CONCURRENCY_LIMIT_EXCEEDED`. The pages of v5 say 403, those of v3 429; 403.
    pub concurrency_status: ConcurrencyStatus,
    /// Whether a form may have fields that the page does not list. Not documented; yes: they are ignored, with a hint.
    /// If not, the answer is `BAD_ARGUMENTS: <key>`.
    pub unknown_fields: bool,
    /// The scenes that exist. What an unknown one gets is not documented; empty, and any scene will do. If not, the
    /// answer is `BAD_ARGUMENTS: liveness_id`. The ids of [faults](crate::Fault) always exist.
    pub liveness_ids: Vec<String>,
    /// How long a `biz_token` is valid. Documented as the default: one hour.
    pub token_lifetime: Duration,
    /// Which of the documented errors a slip gets, where the page does not say.
    pub answers: Answers,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            clock_skew: Duration::ZERO,
            longest_validity: None,
            furthest_future: None,
            single_use_window: Some(Duration::from_secs(24 * 3600)),
            request_id_on_errors: true,
            time_used_on_errors: true,
            hint_header: true,
            concurrency_status: ConcurrencyStatus::Forbidden,
            unknown_fields: true,
            liveness_ids: Vec::new(),
            token_lifetime: Duration::from_secs(3600),
            answers: Answers::default(),
        }
    }
}

/// The two statuses that the vendor's pages have for `CONCURRENCY_LIMIT_EXCEEDED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConcurrencyStatus {
    /// 403, as for v5.
    Forbidden,
    /// 429, as for v3.
    TooManyRequests,
}

/// Which of the documented errors a slip gets. The names are documented; what gets which is our choice.
///
/// As JSON, with all that stays as it is left out:
///
/// ```
/// use faceid_sandbox::Answers;
///
/// let answers: Answers = serde_json::from_str(r#"{"replay": "AUTHENTICATION_ERROR"}"#)?;
/// assert_eq!(answers.expired, Answers::default().expired);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Answers {
    /// A method other than POST: `API_NOT_FOUND`.
    pub wrong_method: VendorError,
    /// No multipart form: another content type, no boundary, a body that does not read. `MISSING_ARGUMENTS: sign`, as
    /// nothing is there.
    pub no_form: VendorError,
    /// A sign that does not decode to a digest and the four fields: `AUTHENTICATION_ERROR`.
    pub undecodable_sign: VendorError,
    /// An `api_key` that the sandbox does not have: `AUTHENTICATION_ERROR`.
    pub unknown_key: VendorError,
    /// A sign whose digest is wrong: `AUTHORIZATION_ERROR: INVALID_SIGN`.
    pub wrong_digest: VendorError,
    /// A sign that expires no later than it was issued, and is not for single use: `AUTHORIZATION_ERROR: INVALID_SIGN`.
    pub expiry_before_issue: VendorError,
    /// A sign whose time is over: `AUTHORIZATION_ERROR: EXPIRED_SIGN`.
    pub expired: VendorError,
    /// A sign that is valid for longer than [`Settings::longest_validity`]: `AUTHORIZATION_ERROR: INVALID_SIGN`.
    pub valid_too_long: VendorError,
    /// A sign from further in the future than [`Settings::furthest_future`]: `AUTHORIZATION_ERROR: EXPIRED_SIGN`, the
    /// one error that is about time.
    pub from_the_future: VendorError,
    /// A single-use sign outside [`Settings::single_use_window`]: `AUTHORIZATION_ERROR: EXPIRED_SIGN`.
    pub stale_single_use: VendorError,
    /// A single-use sign that was used before: `AUTHORIZATION_ERROR: REPLAY_ATTACK`, from the vendor's older lists.
    pub replay: VendorError,
    /// A single-use sign while 1 000 000 others are remembered that could still pass: `INTERNAL_ERROR`.
    pub too_many_single_use: VendorError,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            wrong_method: VendorError::ApiNotFound,
            no_form: VendorError::missing("sign"),
            undecodable_sign: VendorError::AuthenticationError,
            unknown_key: VendorError::AuthenticationError,
            wrong_digest: VendorError::INVALID_SIGN,
            expiry_before_issue: VendorError::INVALID_SIGN,
            expired: VendorError::EXPIRED_SIGN,
            valid_too_long: VendorError::INVALID_SIGN,
            from_the_future: VendorError::EXPIRED_SIGN,
            stale_single_use: VendorError::EXPIRED_SIGN,
            replay: VendorError::REPLAY_ATTACK,
            too_many_single_use: VendorError::InternalError,
        }
    }
}
