//! The steps in which a request is looked at.

use serde::Serialize;

/// What is checked of a request, in this order; the vendor does not say which it is. The first that fails is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Check {
    /// The path is the API's.
    Path,
    /// The method is POST.
    Method,
    /// The body is a multipart form with a sign and its version, and no field twice.
    Form,
    /// `sign_version` is `hmac_sha1`.
    SignVersion,
    /// The sign decodes to a digest and the four fields.
    Sign,
    /// The sandbox has the sign's `api_key`.
    ApiKey,
    /// The digest is that of the four fields, by the key's secret.
    Digest,
    /// The sign is valid now.
    Time,
    /// The key may ask: it is active, from an allowed address, and has calls left.
    KeyState,
    /// The key has a place left among its requests in flight.
    Concurrency,
    /// `liveness_id` is there; it, `uuid` and other fields are as they may be.
    Values,
    /// A single-use sign is used for the first time.
    SingleUse,
}

impl Check {
    /// All of them, in their order.
    pub const ALL: [Self; 12] = [
        Self::Path,
        Self::Method,
        Self::Form,
        Self::SignVersion,
        Self::Sign,
        Self::ApiKey,
        Self::Digest,
        Self::Time,
        Self::KeyState,
        Self::Concurrency,
        Self::Values,
        Self::SingleUse,
    ];
}
