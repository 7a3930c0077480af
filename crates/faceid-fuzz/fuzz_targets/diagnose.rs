//! Diagnoses: a sign that verifies is never called unknown, one that does not is never called valid, and nothing that
//! is said repeats the secret.
//!
//! The first byte says what the rest is: `t` a text, `r` the text under a right digest, and any other a text under a
//! right digest after a slip.

#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use faceid_fuzz::{API_KEY, API_SECRET, NOW, digest, signed};
use faceid_sign::{Credentials, Diagnosis, Slip};
use libfuzzer_sys::{Corpus, fuzz_target};

static CREDENTIALS: LazyLock<Credentials> =
    LazyLock::new(|| Credentials::new(API_KEY, API_SECRET).expect("a pair"));

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((kind, rest)) = data.split_first() else { return Corpus::Reject };
    match kind {
        b't' => {
            let Ok(text) = std::str::from_utf8(rest) else { return Corpus::Reject };
            check(text);
        }
        b'r' => drop(check(&signed(API_SECRET.as_bytes(), rest))),
        _ => return check_slip(*kind, rest),
    }
    Corpus::Keep
});

fn check(sign: &str) -> Diagnosis {
    let found = CREDENTIALS.diagnose(sign, NOW);
    match (CREDENTIALS.verify(sign, NOW), &found) {
        (Ok(claims), Diagnosis::Valid(said)) => assert_eq!(&claims, said),
        // A sign that is good all the same: these concern the signer's clock.
        (Ok(_), Diagnosis::Slip(Slip::Milliseconds | Slip::FromTheFuture { .. } | Slip::Stale { .. })) => {}
        (Ok(claims), other) => panic!("{claims:?} {other:?}"),
        (Err(error), Diagnosis::Valid(said)) => panic!("{error} {said:?}"),
        (Err(_), _) => {}
    }
    let shown = format!("{found} {found:?}");
    assert!(!shown.contains(API_SECRET));
    if let Diagnosis::Slip(slip) = &found {
        assert!(shown.len() < 400 && !slip.name().is_empty(), "{shown}");
    }
    found
}

/// What was done to a sign that is valid is named.
fn check_slip(kind: u8, digits: &[u8]) -> Corpus {
    let digits: String = digits.iter().take(10).map(|byte| char::from(b'0' + byte % 10)).collect();
    let raw =
        format!("a={API_KEY}&b={}&c={NOW}&d={}", NOW + 100, if digits.is_empty() { "0" } else { &digits });
    let mac = digest(API_SECRET.as_bytes(), raw.as_bytes());
    let sign = signed(API_SECRET.as_bytes(), raw.as_bytes());
    let joined = |head: &[u8]| STANDARD.encode([head, raw.as_bytes()].concat());
    let hex: String = mac.iter().map(|byte| format!("{byte:02X}")).collect();
    let escaped: String = sign.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let decoded = STANDARD.decode(&sign).expect("base64");
    let (slip, slipped) = match kind % 12 {
        0 => (Slip::HexDigest, joined(hex.as_bytes())),
        1 => (Slip::DigestOnly, STANDARD.encode(mac)),
        2 => (Slip::KeyAndMessageSwapped, joined(&digest(raw.as_bytes(), API_SECRET.as_bytes()))),
        3 => (Slip::ApiKeyAsSecret, joined(&digest(API_KEY.as_bytes(), raw.as_bytes()))),
        4 => (
            Slip::LineEndAfterSecret,
            joined(&digest(format!("{API_SECRET}\r\n").as_bytes(), raw.as_bytes())),
        ),
        5 => (Slip::PythonBytesLiteral, format!("b'{sign}'")),
        6 => (Slip::PercentEscaped, escaped),
        7 => (Slip::LineBreaks, format!("{}\n{}\n", &sign[..76], &sign[76..])),
        8 => (Slip::DoubleBase64, STANDARD.encode(&sign)),
        9 => (Slip::Quoted, format!("\"{sign}\"")),
        10 => {
            let (signed, sent) = [("\n", ""), ("", "\n"), ("\r\n", "\r\n")][digits.len() % 3];
            let mac = digest(API_SECRET.as_bytes(), format!("{raw}{signed}").as_bytes());
            (Slip::LineEndAfterText, STANDARD.encode([&mac[..], raw.as_bytes(), sent.as_bytes()].concat()))
        }
        _ => {
            let url_safe = URL_SAFE.encode(&decoded);
            if url_safe == sign {
                (Slip::MissingPadding, STANDARD_NO_PAD.encode(&decoded))
            } else {
                (Slip::UrlSafeAlphabet, url_safe)
            }
        }
    };
    if slipped != sign {
        assert_eq!(check(&slipped), Diagnosis::Slip(slip), "{slipped}");
    }
    Corpus::Keep
}
