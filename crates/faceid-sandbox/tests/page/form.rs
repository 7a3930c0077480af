//! Requests by hand, at a sandbox itself: as no client of ours sends them.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use faceid_sandbox::{DEMO_API_SECRET, Server, demo_credentials};
use faceid_sign::{Stamp, Validity};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Request;

pub(crate) const PATH: &str = "/faceid/v5/sdk/get_biz_token";

/// A sign of any text, by the demo key's secret.
pub(crate) fn signed(raw: &str) -> String {
    let mac = Hmac::<sha1::Sha1>::new_from_slice(DEMO_API_SECRET.as_bytes()).unwrap();
    let digest = mac.chain_update(raw).finalize().into_bytes();
    STANDARD.encode([digest.as_slice(), raw.as_bytes()].concat())
}

/// A right sign of the demo key.
pub(crate) fn sign() -> String {
    let stamp = Stamp::now().unwrap();
    demo_credentials().sign(&stamp, Validity::default()).unwrap().expose().to_owned()
}

/// What stands in a right form besides the sign.
pub(crate) const REST: [(&str, &str); 2] = [("sign_version", "hmac_sha1"), ("liveness_id", "any-scene")];

/// A field's name is as it stands in the form, so that a file's name may follow it.
pub(crate) fn request(fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Request<Vec<u8>> {
    let part = |(name, value): &(&str, &str)| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = fields.iter().map(part).collect::<String>() + "--B--\r\n";
    let mut request = Request::post(PATH).header("content-type", "multipart/form-data; boundary=B");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into_bytes()).unwrap()
}

/// Asks, and has the status.
pub(crate) fn ask(server: &Server, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> u16 {
    answer(server, &request(fields, headers))
}

/// So many right calls.
pub(crate) fn ask_often(server: &Server, count: usize) {
    let sign = sign();
    for _ in 0..count {
        assert_eq!(ask(server, &[&[("sign", &*sign)], &REST[..]].concat(), &[]), 200);
    }
}

pub(crate) fn answer(server: &Server, request: &Request<Vec<u8>>) -> u16 {
    server.sandbox().answer(request, SystemTime::now()).status().as_u16()
}
