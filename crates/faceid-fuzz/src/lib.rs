//! What the targets share: an HMAC that is not the signer's, and a reader of forms that is not the sandbox's.

#![forbid(unsafe_code)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{FutureExt as _, stream};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

pub const API_KEY: &str = "fake-key";
pub const API_SECRET: &str = "marked-secret";
/// UNIX time in seconds at which every input plays.
pub const NOW: u64 = 1_700_000_000;

/// A text with a right digest before it, as a sign.
pub fn signed(secret: &[u8], raw: &[u8]) -> String {
    STANDARD.encode([&digest(secret, raw)[..], raw].concat())
}

pub fn digest(secret: &[u8], raw: &[u8]) -> [u8; 20] {
    let mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.chain_update(raw).finalize().into_bytes().into()
}

#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    pub file_name: Option<String>,
    pub value: Vec<u8>,
}

/// The parts of a form, as `multer` reads them.
pub fn parts(content_type: &str, body: &[u8]) -> Result<Vec<Part>, multer::Error> {
    let boundary = multer::parse_boundary(content_type)?;
    let body = stream::iter([Ok::<_, std::convert::Infallible>(body.to_vec())]);
    let mut form = multer::Multipart::new(body, boundary);
    let read = async {
        let mut parts = Vec::new();
        while let Some(field) = form.next_field().await? {
            parts.push(Part {
                name: field.name().unwrap_or_default().to_owned(),
                file_name: field.file_name().map(ToOwned::to_owned),
                value: field.bytes().await?.to_vec(),
            });
        }
        Ok(parts)
    };
    read.now_or_never().expect("a body that is there whole is not waited for")
}

/// Whether it can be printed: no control character, nothing that turns the direction of a text.
pub fn is_plain(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'))
}
