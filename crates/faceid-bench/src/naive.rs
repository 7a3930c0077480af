//! The sign as a user would write it from the vendor's page.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::TryRng as _;
use sha1::Sha1;

/// The text that is signed.
#[must_use]
pub fn raw(api_key: &str, expire_time: u64, current_time: u64, random: &str) -> String {
    format!("a={api_key}&b={expire_time}&c={current_time}&d={random}")
}

/// Base64 of digest and text.
#[must_use]
pub fn join(mac: &[u8], raw: &str) -> String {
    let mut joined = mac.to_vec();
    joined.extend_from_slice(raw.as_bytes());
    STANDARD.encode(joined)
}

/// The sign of a text.
///
/// # Panics
///
/// Never: HMAC takes a key of any length.
#[must_use]
pub fn sign(secret: &str, raw: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(raw.as_bytes());
    join(&mac.finalize().into_bytes(), raw)
}

/// A sign of this moment, good for 100 seconds.
///
/// # Panics
///
/// If the clock or the operating system's random source fails.
#[must_use]
pub fn sign_now(api_key: &str, secret: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    let random = rand::rngs::SysRng.try_next_u64().expect("a random source") % 10_000_000_000;
    sign(secret, &format!("a={api_key}&b={}&c={now}&d={random:010}", now + 100))
}
