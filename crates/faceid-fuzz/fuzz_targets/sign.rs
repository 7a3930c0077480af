//! Signs: what verifies was signed, and what is signed verifies.
//!
//! The first byte says what the rest is: `t` the text of a sign, `r` the text under a right digest, `c` a key, a secret
//! and a nonce, a line each.

#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use faceid_fuzz::{API_KEY, API_SECRET, NOW, signed};
use faceid_sign::{Claims, Credentials, Nonce, Stamp, Validity, VerifyError};
use libfuzzer_sys::{Corpus, fuzz_target};

static CREDENTIALS: LazyLock<Credentials> =
    LazyLock::new(|| Credentials::new(API_KEY, API_SECRET).expect("a pair"));

fuzz_target!(|data: &[u8]| -> Corpus {
    match data.split_first() {
        Some((b't', text)) => {
            let Ok(text) = std::str::from_utf8(text) else { return Corpus::Reject };
            if let Ok(claims) = CREDENTIALS.verify(text, NOW) {
                let decoded = STANDARD.decode(text).expect("what verifies is base64");
                assert_eq!(signed(API_SECRET.as_bytes(), &decoded[20..]), text, "what verifies was signed");
                assert_eq!(Claims::peek(text), Ok(claims));
            }
        }
        Some((b'r', raw)) => check_fields(raw),
        Some((b'c', lines)) => return check_pair(lines),
        _ => return Corpus::Reject,
    }
    Corpus::Keep
});

/// What is read of a text whose digest is right is what stands in it.
fn check_fields(raw: &[u8]) {
    let sign = signed(API_SECRET.as_bytes(), raw);
    let found = CREDENTIALS.verify(&sign, NOW);
    let expected = fields(raw);
    match (&found, &expected) {
        (Ok(claims), Some(fields)) => {
            assert_eq!(claims, fields);
            assert_eq!(claims.api_key, API_KEY);
            assert!(
                claims.expires_at.is_none_or(|expires_at| expires_at > NOW && expires_at > claims.issued_at)
            );
        }
        (Ok(claims), None) => panic!("{claims:?}"),
        (Err(VerifyError::Mismatch), Some(fields)) => assert_ne!(fields.api_key, API_KEY),
        (Err(VerifyError::Order), Some(fields)) => {
            assert!(fields.expires_at.is_some_and(|at| at <= fields.issued_at))
        }
        (Err(VerifyError::Expired), Some(fields)) => assert!(fields.expires_at.is_some_and(|at| at <= NOW)),
        (Err(error), None) => assert_eq!(*error, VerifyError::Malformed),
        // Longer than any sign of this key: it is refused unread.
        (Err(VerifyError::Malformed), Some(fields)) => assert!(fields.api_key.len() > API_KEY.len()),
        (Err(error), Some(fields)) => panic!("{error} {fields:?}"),
    }
    assert_eq!(Claims::peek(&sign).ok(), expected);
}

/// The four fields, read another way than the signer reads them.
fn fields(raw: &[u8]) -> Option<Claims> {
    let text = std::str::from_utf8(raw).ok()?;
    let [a, b, c, d] = text.split('&').collect::<Vec<_>>().try_into().ok()?;
    let (a, b, c, d) =
        (a.strip_prefix("a=")?, b.strip_prefix("b=")?, c.strip_prefix("c=")?, d.strip_prefix("d=")?);
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit()) && !text.is_empty();
    let is_key = !a.is_empty() && a.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !is_key || ![b, c, d].into_iter().all(digits) || b.len().max(c.len()) > 20 || d.len() > 10 {
        return None;
    }
    let (b, c): (u64, u64) = (b.parse().ok()?, c.parse().ok()?);
    // Made by the signer, since claims are not for others to make.
    let stamp = Stamp::new(c, Nonce::new(d).ok()?);
    let once = Credentials::new("k", "s").ok()?.sign(&stamp, Validity::Once).ok()?;
    let mut claims = Claims::peek(once.expose()).ok()?;
    claims.api_key = a.to_owned();
    claims.expires_at = (b != 0).then_some(b);
    Some(claims)
}

/// What a pair signs, the pair verifies, and no other.
fn check_pair(lines: &[u8]) -> Corpus {
    let mut lines = lines.splitn(3, |byte| *byte == b'\n');
    let (Some(key), Some(secret), Some(nonce)) = (lines.next(), lines.next(), lines.next()) else {
        return Corpus::Reject;
    };
    let Ok(credentials) = Credentials::new(key, secret) else { return Corpus::Keep };
    let Ok(nonce) =
        std::str::from_utf8(nonce).map_err(drop).and_then(|digits| Nonce::new(digits).map_err(drop))
    else {
        return Corpus::Keep;
    };
    let stamp = Stamp::new(NOW, nonce);
    for validity in [Validity::Once, Validity::default()] {
        let sign = credentials.sign(&stamp, validity).expect("it does not overflow");
        let (expiry, expires_at) = match validity {
            Validity::Once => (0, None),
            Validity::Seconds(_) => (NOW + 100, Some(NOW + 100)),
        };
        let raw = [b"a=", key, format!("&b={expiry}&c={NOW}&d={nonce}").as_bytes()].concat();
        assert_eq!(sign.expose(), signed(secret, &raw));
        let mut buffer = vec![0xEE; credentials.sign_len(&stamp, validity).expect("it fits") + 1];
        assert_eq!(
            credentials.sign_into(&stamp, validity, &mut buffer).expect("it fits"),
            sign.expose().as_bytes()
        );
        assert_eq!(buffer.last(), Some(&0xEE), "nothing is written after it");

        let claims = credentials.verify(sign.expose(), NOW).expect("it was signed by this pair");
        assert_eq!((claims.api_key.as_bytes(), claims.expires_at), (key, expires_at));
        assert_eq!((claims.issued_at, claims.nonce), (NOW, nonce));
        assert_eq!(Claims::peek(sign.expose()), Ok(claims));
        let other = Credentials::new(key, [secret, b"x"].concat()).expect("a pair");
        assert_eq!(other.verify(sign.expose(), NOW), Err(VerifyError::Mismatch));
    }
    assert_eq!(
        format!("{credentials:?}"),
        format!("Credentials {{ api_key: {:?}, .. }}", credentials.api_key())
    );
    Corpus::Keep
}
