//! A request and its answer as a user would write them plainly, in place of ours.

use std::borrow::Cow;

use serde::Deserialize;

use crate::{API_KEY, API_SECRET, naive};

/// The scene that is asked for. The server holds its answers back where it is `hold`.
pub const LIVENESS_ID: &str = "fake-scene";
/// The end user.
pub const UUID: &str = "fake-user-0123456789";
/// The path of the one endpoint.
pub const PATH: &str = "/faceid/v5/sdk/get_biz_token";

/// What a user needs of an answer.
#[derive(Deserialize)]
pub struct Answer {
    /// The token.
    pub biz_token: String,
    /// The id of the request.
    pub request_id: String,
}

/// The fields of a request, signed for this moment.
#[must_use]
pub fn fields() -> [(&'static str, Cow<'static, str>); 4] {
    [
        ("sign", naive::sign_now(API_KEY, API_SECRET).into()),
        ("sign_version", "hmac_sha1".into()),
        ("liveness_id", LIVENESS_ID.into()),
        ("uuid", UUID.into()),
    ]
}

/// They as a multipart body between fixed boundaries, and its content type.
#[must_use]
pub fn body() -> (&'static str, Vec<u8>) {
    // It takes some 600 bytes.
    let mut body = String::with_capacity(1024);
    for (name, value) in fields() {
        body.push_str("--boundary-of-a-plain-client\r\nContent-Disposition: form-data; name=\"");
        body.push_str(name);
        body.push_str("\"\r\n\r\n");
        body.push_str(&value);
        body.push_str("\r\n");
    }
    body.push_str("--boundary-of-a-plain-client--\r\n");
    ("multipart/form-data; boundary=boundary-of-a-plain-client", body.into_bytes())
}

/// Reads an answer.
///
/// # Panics
///
/// If it is none.
#[must_use]
pub fn read(body: &[u8]) -> Answer {
    serde_json::from_slice(body).expect("an answer")
}
