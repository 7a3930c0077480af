//! What `verify`, `peek` and `diagnose` make of any text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use faceid_sign::{Claims, Credentials, Diagnosis, Nonce, Slip, Stamp, Validity, VerifyError};
use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::prelude::*;

fn credentials() -> Credentials {
    Credentials::new("fake-key", "fake-secret").unwrap()
}

/// A sign over any text, with the right digest.
fn signed(raw: &str) -> String {
    let mac = Hmac::<sha1::Sha1>::new_from_slice(b"fake-secret").unwrap().chain_update(raw).finalize();
    STANDARD.encode([mac.into_bytes().as_slice(), raw.as_bytes()].concat())
}

#[test]
fn fields_order_and_time() {
    use VerifyError::{Expired, Malformed, Mismatch, Order};
    let cases: &[(&str, u64, Result<(), VerifyError>)] = &[
        ("a=fake-key&b=1100&c=1000&d=1", 1000, Ok(())),
        ("a=fake-key&b=1100&c=1000&d=1", 1099, Ok(())),
        ("a=fake-key&b=1100&c=1000&d=1", 1100, Err(Expired)),
        ("a=fake-key&b=1100&c=1000&d=1", 0, Ok(())),
        ("a=fake-key&b=0&c=1000&d=1", u64::MAX, Ok(())),
        ("a=fake-key&b=1000&c=1000&d=1", 0, Err(Order)),
        ("a=fake-key&b=999&c=1000&d=1", 5000, Err(Order)),
        ("a=other-key&b=1100&c=1000&d=1", 1000, Err(Mismatch)),
        ("a=fake-\u{1b}[31mkey&b=1100&c=1000&d=1", 1000, Err(Malformed)),
        ("a=fake-key\nverifies yes&b=1100&c=1000&d=1", 1000, Err(Malformed)),
        ("a=fake-\u{9b}31mkey&b=1100&c=1000&d=1", 1000, Err(Malformed)),
        ("b=1100&a=fake-key&c=1000&d=1", 1000, Err(Malformed)),
        ("a=fake-key&b=1100&c=1000", 1000, Err(Malformed)),
        ("a=fake-key&b=1100&c=1000&d=1&e=2", 1000, Err(Malformed)),
        ("a=fake-key&b=+1100&c=1000&d=1", 1000, Err(Malformed)),
        ("a=fake-key&b=&c=1000&d=1", 1000, Err(Malformed)),
        ("a=fake-key&b=1100&c=99999999999999999999&d=1", 1000, Err(Malformed)),
        ("a=fake-key&b=00000000000000001100&c=00000000000000001000&d=1", 1000, Ok(())),
        ("a=fake-key&b=000000000000000001100&c=1000&d=1", 1000, Err(Malformed)),
        (
            "a=fake-key&b=00000000000000000000000000000000000000000000000000001100&c=1000&d=1",
            1000,
            Err(Malformed),
        ),
        ("a=fake-key&b=1100&c=1000&d=", 1000, Err(Malformed)),
        ("a=fake-key&b=1100&c=1000&d=12345678901", 1000, Err(Malformed)),
        ("a=fake-key", 1000, Err(Malformed)),
        ("", 1000, Err(Malformed)),
    ];
    for (raw, now, expected) in cases {
        assert_eq!(credentials().verify(&signed(raw), *now).map(|_| ()), *expected, "{raw} at {now}");
        let valid = matches!(credentials().diagnose(&signed(raw), *now), Diagnosis::Valid(_));
        assert!(!valid || expected.is_ok(), "{raw} at {now} is called valid, and does not verify");
    }
}

#[test]
fn base64_is_strict() {
    // 29 bytes leave two bits over; they have to be zero, and one `=` has to follow.
    let sign = signed("a=fake-key&b=1100&c=1000&d=12");
    assert!(sign.ends_with("Mg==") || sign.ends_with('='), "{sign}");
    assert!(credentials().verify(&sign, 1000).is_ok());
    let (body, _) = sign.split_at(sign.trim_end_matches('=').len());
    let last = body.chars().next_back().unwrap();
    let loose = format!("{}{}{}", &body[..body.len() - 1], char::from(last as u8 + 1), &sign[body.len()..]);
    for text in
        [&loose, body, &format!("{sign}="), &format!("{sign}\n"), &format!(" {sign}"), &"A".repeat(100_000)]
    {
        assert_eq!(credentials().verify(text, 1000), Err(VerifyError::Malformed), "{text:.150}");
    }
}

#[test]
fn clocks_that_are_off() {
    let late = |slip: &Option<Slip>| matches!(slip, Some(Slip::Expired { .. }));
    let cases: &[(&str, u64, Option<Slip>)] = &[
        ("a=fake-key&b=0&c=1000000&d=1", 1_000_000, None),
        ("a=fake-key&b=0&c=1000000&d=1", 1_000_300, None),
        ("a=fake-key&b=0&c=1000000&d=1", 1_000_301, Some(Slip::Stale { seconds: 301 })),
        ("a=fake-key&b=0&c=1000000&d=1", 999_699, Some(Slip::FromTheFuture { seconds: 301 })),
        ("a=fake-key&b=1000100&c=1000000&d=1", 999_700, None),
        ("a=fake-key&b=1000100&c=1000000&d=1", 999_588, Some(Slip::FromTheFuture { seconds: 412 })),
        ("a=fake-key&b=1000100&c=1000000&d=1", 1_000_512, Some(Slip::Expired { seconds: 412, age: 512 })),
        ("a=fake-key&b=1530762218000&c=1530762118&d=1", 1_530_762_118, Some(Slip::Milliseconds)),
    ];
    for (raw, now, expected) in cases {
        // To a verifier a clock that is off is no fault until the sign expires.
        assert_eq!(credentials().verify(&signed(raw), *now).is_err(), late(expected), "{raw} at {now}");
        match (credentials().diagnose(&signed(raw), *now), expected) {
            (Diagnosis::Valid(_), None) => {}
            (found, Some(expected)) => assert_eq!(found, Diagnosis::Slip(*expected), "{raw} at {now}"),
            (found, None) => panic!("{raw} at {now}: {found:?}"),
        }
    }
}

#[test]
fn texts_that_are_no_sign() {
    let nested = |open: &str, close: &str| open.repeat(100_000) + &close.repeat(100_000);
    for text in
        ["", "=", "%", "%25%", "b''", " ", "\n", &nested("b'", "'"), &nested("%25", ""), &"QQ==".repeat(9)]
    {
        assert_eq!(credentials().diagnose(text, 1000), Diagnosis::Unknown, "{text:.50}");
    }
}

#[test]
fn a_digest_without_its_text() {
    let digest = Hmac::<sha1::Sha1>::new_from_slice(b"fake-secret").unwrap().chain_update("a").finalize();
    let digest = digest.into_bytes();
    let hex = digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let only = Diagnosis::Slip(Slip::DigestOnly);
    let cases = [
        ("its bytes in base64", STANDARD.encode(digest), &only),
        ("its hex digits", hex.clone(), &only),
        ("in capitals", hex.to_uppercase(), &only),
        ("its hex digits in base64", STANDARD.encode(&hex), &only),
        ("too few hex digits", hex[..36].to_owned(), &Diagnosis::Unknown),
    ];
    for (name, sign, expected) in cases {
        assert_eq!(credentials().diagnose(&sign, 1000), *expected, "{name}");
    }
}

#[test]
fn the_outermost_of_several_slips_is_named() {
    let sign = signed("a=fake-key&b=1100&c=1000&d=1");
    let (front, back) = sign.split_at(10);
    let cases = [
        (format!("b'{front}%0A{back}'"), Slip::PythonBytesLiteral),
        (format!("\"{front}%0A{back}\""), Slip::Quoted),
        (format!("'b'{front}{back}''"), Slip::Quoted),
        (format!("{front}%0D%0A{back}").replace('=', "%3D"), Slip::PercentEscaped),
        (format!("{front}\r\n{}", back.trim_end_matches('=')), Slip::LineBreaks),
        (STANDARD.encode(STANDARD.encode(&sign)), Slip::DoubleBase64),
    ];
    for (text, slip) in &cases[..5] {
        assert_eq!(credentials().diagnose(text, 1000), Diagnosis::Slip(*slip), "{text}");
    }
    assert_eq!(
        credentials().diagnose(&cases[5].0, 1000),
        Diagnosis::Unknown,
        "three times is no slip anybody makes"
    );
}

proptest! {
    #[test]
    fn what_is_signed_verifies(
        key in "[!-%'-<>-~]{1,200}",
        secret in proptest::collection::vec(0x21_u8..0x7F, 1..200),
        issued_at in 0..u64::MAX - u64::from(u32::MAX),
        seconds in 0..=u32::MAX,
        nonce in "[0-9]{1,10}",
    ) {
        let credentials = Credentials::new(&key, &secret).unwrap();
        let stamp = Stamp::new(issued_at, Nonce::new(&nonce).unwrap());
        let validity = Validity::seconds(seconds).unwrap_or(Validity::Once);
        let signature = credentials.sign(&stamp, validity).unwrap();
        let claims = credentials.verify(signature.expose(), issued_at).unwrap();
        prop_assert_eq!(claims.expires_at, (seconds != 0).then(|| issued_at + u64::from(seconds)));
        prop_assert_eq!(claims.nonce.as_str(), nonce);
        let other = Credentials::new(&key, [secret.as_slice(), b"."].concat()).unwrap();
        prop_assert_eq!(other.verify(signature.expose(), issued_at), Err(VerifyError::Mismatch));
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), now in any::<u64>()) {
        let _ = (credentials().verify(&text, now), credentials().diagnose(&text, now), Claims::peek(&text));
    }

    #[test]
    fn no_signed_text_makes_it_panic(raw in "(a=|b=|c=|d=|&|fake-key|%3D|%|-|[0-9]{1,21}|٣|é){0,12}", now in any::<u64>()) {
        let sign = signed(&raw);
        let _ = (credentials().verify(&sign, now), credentials().diagnose(&sign, now), Claims::peek(&sign));
    }

    #[test]
    fn a_changed_character_never_verifies(at in 0_usize..96, to in "[A-Za-z0-9+/]") {
        let sign = signed("a=fake-key&b=1100&c=1000&d=0123456789");
        let mut changed = sign.clone();
        let at = at % sign.trim_end_matches('=').len();
        changed.replace_range(at..=at, &to);
        prop_assume!(changed != sign);
        prop_assert!(credentials().verify(&changed, 1000).is_err());
    }
}
