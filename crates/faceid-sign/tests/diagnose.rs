//! Where a diagnosis draws its lines: signs that are made here, to stand on either side of one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use faceid_sign::{Credentials, Diagnosis, Nonce, Slip, Stamp, Validity};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

const NOW: u64 = 1_700_000_000;
const SECRET: &str = "fake-secret";

fn credentials(key: &str) -> Credentials {
    Credentials::new(key, SECRET).expect("a pair")
}

/// The sign of any text, well formed or not.
fn signed(raw: &str) -> String {
    joined(raw, raw)
}

/// The digest of one text before another.
fn joined(signed: &str, raw: &str) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(SECRET.as_bytes()).expect("any length").chain_update(signed);
    STANDARD.encode([&*mac.finalize().into_bytes(), raw.as_bytes()].concat())
}

#[test]
fn fields() {
    let ten_years = 10 * 366 * 86_400;
    let cases = [
        (format!("a=key&b={ten_years}&c={NOW}&d=1"), Diagnosis::Slip(Slip::DurationAsExpiry)),
        (format!("a=key&b={}&c={NOW}&d=1", ten_years + 1), Diagnosis::Slip(Slip::NotAfterIssue)),
        (format!("a=key&b=soon&c={NOW}&d=1"), Diagnosis::Slip(Slip::TimeNotWhole)),
        (format!("a=key&b={NOW}&c=soon&d=0123456789"), Diagnosis::Slip(Slip::TimeNotWhole)),
        (format!("a=\u{e9}&b={NOW}&c={NOW}&d=0123456789"), Diagnosis::Unknown),
        (format!("a=&b={NOW}&c={NOW}&d=1"), Diagnosis::Slip(Slip::FieldsMissing)),
        (format!("a=key&b=&c={NOW}&d=1"), Diagnosis::Slip(Slip::FieldsMissing)),
        (format!("a=key&b={NOW}&c=&d=1"), Diagnosis::Slip(Slip::FieldsMissing)),
        (format!("a=key&b={NOW}&c={NOW}&d=01234567890"), Diagnosis::Slip(Slip::NonceTooLong)),
        (format!("a=key&b={NOW}&c={NOW}&d=1\u{e9}"), Diagnosis::Slip(Slip::NonceLetters)),
        (format!("a=key&b={NOW}&c={NOW}&d=\u{661}\u{662}"), Diagnosis::Slip(Slip::NonceForeignDigits)),
        (format!("a=key&b={NOW}&c={NOW}&d=x\n"), Diagnosis::Slip(Slip::LineEndAfterText)),
        (format!("a=key&b={NOW}\n"), Diagnosis::Slip(Slip::LineEndAfterText)),
        (format!("a=key&b={NOW}\n&c={NOW}&d=1"), Diagnosis::Slip(Slip::TimeNotWhole)),
        (format!("a=key&b={NOW}&c={NOW}&d=1 "), Diagnosis::Slip(Slip::NonceLetters)),
        (format!("a%3Dkey&b={NOW}&c={NOW}&d=1\n"), Diagnosis::Slip(Slip::FieldsEscaped)),
    ];
    for (raw, expected) in cases {
        assert_eq!(credentials("key").diagnose(&signed(&raw), NOW), expected, "{raw}");
    }
}

/// Behind the text that was signed, behind the one that was joined, or both: of the second alone the form tells.
#[test]
fn a_line_end_after_the_text() {
    let slip = Slip::LineEndAfterText;
    let cases = [
        ("\n", "", Some(slip), None),
        ("\r\n", "", Some(slip), None),
        ("", "\n", Some(slip), Some(slip)),
        ("", "\r\n", Some(slip), Some(slip)),
        ("\n", "\n", Some(slip), Some(slip)),
        ("\r\n", "\r\n", Some(slip), Some(slip)),
        ("\n", "\r\n", Some(slip), Some(slip)),
        ("\r\n", "\n", Some(slip), Some(slip)),
        // Cut off within the line end, or by a shell.
        ("\r", "", Some(slip), None),
        ("\r", "\r", Some(slip), Some(slip)),
        ("\r\n", "\r", Some(slip), Some(slip)),
        ("", "\r", Some(slip), Some(slip)),
        (" ", "", None, None),
        (" ", "\n", None, Some(slip)),
    ];
    let raw = format!("a=key&b={}&c={NOW}&d=1", NOW + 100);
    for (signed, sent, expected, of_form) in cases {
        let sign = joined(&format!("{raw}{signed}"), &format!("{raw}{sent}"));
        let found = credentials("key").diagnose(&sign, NOW);
        assert_eq!(found, expected.map_or(Diagnosis::Unknown, Diagnosis::Slip), "{signed:?} {sent:?}");
        assert_eq!(Slip::of_form(&sign), of_form, "{signed:?} {sent:?}");
    }
}

#[test]
fn a_digest_of_another_length() {
    let raw = format!("a=key&b={}&c={NOW}&d=1", NOW + 100);
    for (len, expected) in
        [(31, Diagnosis::Unknown), (32, Diagnosis::Slip(Slip::HmacSha256)), (33, Diagnosis::Unknown)]
    {
        let sign = STANDARD.encode([&vec![0xFF; len], raw.as_bytes()].concat());
        assert_eq!(credentials("key").diagnose(&sign, NOW), expected, "{len}");
    }
}

/// As programs print it: openssl without `-binary` puts words before it, and a line end behind.
#[test]
fn a_digest_in_digits() {
    let slip = Slip::HexDigest;
    let raw = format!("a=key&b={}&c={NOW}&d=1", NOW + 100);
    let bytes = STANDARD.decode(signed(&raw)).expect("base64");
    let digits = bytes[..20].iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let other = "0".repeat(40);
    let cases = [
        (digits.clone(), Some(slip), Some(slip)),
        (digits.to_uppercase(), Some(slip), Some(slip)),
        (format!("{digits}\n"), Some(slip), Some(slip)),
        (format!("SHA1(stdin)= {digits}\n"), Some(slip), Some(slip)),
        (format!("(stdin)= {digits}\r\n"), Some(slip), Some(slip)),
        (format!("{digits}x"), None, None),
        (digits[1..].to_owned(), None, None),
        (other, None, Some(slip)),
    ];
    for (digits, expected, of_form) in cases {
        let sign = STANDARD.encode([&digits, &*raw].concat());
        let found = credentials("key").diagnose(&sign, NOW);
        assert_eq!(found, expected.map_or(Diagnosis::Unknown, Diagnosis::Slip), "{digits:?}");
        assert_eq!(Slip::of_form(&sign), of_form, "{digits:?}");
    }
    let reordered = STANDARD.encode([&digits, "b=1&a=key&c=2&d=1"].concat());
    assert_eq!(Slip::of_form(&reordered), Some(slip));
    // A text that has no digest before it: of a key so long, its first fields have 32 bytes.
    let text = STANDARD.encode(format!("a=sixteen-lettered&b={}&c={NOW}&d=1", NOW + 100));
    assert_eq!(credentials("sixteen-lettered").diagnose(&text, NOW), Diagnosis::Unknown);
    assert_eq!(Slip::of_form(&text), None);
}

#[test]
fn a_sign_of_any_length_up_to_a_limit() {
    const LIMIT: usize = 16 * 1024;
    // Digest, names and numbers of a sign, and what is left of its bytes for the key.
    let others = 20 + "a=&b=1700000100&c=1700000000&d=1".len();
    let key_of = |sign: usize| "k".repeat(sign / 4 * 3 - others);
    for (len, is_read) in [(2_000, true), (LIMIT - 4, true), (LIMIT, true), (LIMIT + 4, false)] {
        let credentials = credentials(&key_of(len));
        let stamp = Stamp::new(NOW, Nonce::new("1").expect("a digit"));
        let sign = credentials.sign(&stamp, Validity::default()).expect("a sign");
        assert_eq!(sign.expose().len(), len);
        let found = credentials.diagnose(sign.expose(), NOW);
        assert_eq!(matches!(found, Diagnosis::Valid(_)), is_read, "{len}: {found:?}");
        assert!(is_read || found == Diagnosis::Unknown, "{len}: {found:?}");
    }
}

/// Where the digest stands, and whether the text after it can be one that was signed.
#[test]
fn forms() {
    let raw = format!("a=key&b={}&c={NOW}&d=1", NOW + 100);
    let joined = |mac: &[u8], raw: &str| STANDARD.encode([mac, raw.as_bytes()].concat());
    let cases = [
        (joined(&[0xFF; 20], &raw), None),
        (joined(&[b'f'; 40], &raw), Some(Slip::HexDigest)),
        (joined(&[b'x'; 40], &raw), None),
        (joined(&[b'f'; 39], &raw), None),
        (joined(&[0xFF; 32], &raw), Some(Slip::HmacSha256)),
        (joined(&[b'f'; 32], &raw), None),
        (joined(&[b'f'; 40], "no fields"), None),
        (joined(&[0xFF; 32], "no fields"), None),
        (joined(&[0xFF; 20], "no fields"), None),
        (joined(&[0xFF; 20], "a=\u{e9}&b=1&c=1&d=1"), None),
        (joined(&[0xFF; 20], "a=key&b=1"), None),
        (joined(&[0xFF; 20], "a=key&b=1&c=1&d=1&e=1"), Some(Slip::FieldsMissing)),
        (joined(&[0xFF; 20], "a=key&b=1&c=1&d=x"), Some(Slip::NonceLetters)),
        (joined(&[0xFF; 20], "a=key&b=1&c=1&d=x\n"), Some(Slip::LineEndAfterText)),
        (joined(&[0xFF; 20], "a=key&b=1&c=1&d=1&e=1\r\n"), Some(Slip::LineEndAfterText)),
        (joined(&[0xFF; 20], "a%3Dkey%26b%3D1\n"), Some(Slip::FieldsEscaped)),
        (joined(&[0xFF; 20], "a=key\n"), None),
        (joined(&[0xFF; 20], "a=key&b=1&c=1\r\n"), None),
        (joined(&[0xFF; 20], "a=key&b=1&c=1&d="), None),
        (joined(&[0xFF; 20], "a=key&b=1&c=1&d"), None),
        (joined(&[0xFF; 20], "a=key&b=1&c=1&"), None),
        (joined(&[0xFF; 20], "a=key&b=1&c=1&d=x").trim_end_matches('=').to_owned(), None),
        (STANDARD.encode([0xFF; 20]), Some(Slip::DigestOnly)),
        (STANDARD.encode([b'f'; 40]), Some(Slip::DigestOnly)),
        ("f".repeat(40), Some(Slip::DigestOnly)),
        (format!("\"{}\"", joined(&[0xFF; 20], &raw)), Some(Slip::Quoted)),
        ("\"no sign\"".to_owned(), None),
        (String::new(), None),
    ];
    for (sign, expected) in cases {
        assert_eq!(Slip::of_form(&sign), expected, "{sign}");
    }
}

/// Wherever a sign is cut, nothing is named that its end alone could tell.
#[test]
fn a_sign_that_was_cut() {
    let credentials = credentials("ICVvC_xUs6177WEtyUNwIH8J6NfGu50t");
    let stamp = Stamp::new(NOW, Nonce::new("0799687066").expect("digits"));
    let sign = credentials.sign(&stamp, Validity::default()).expect("a sign");
    for len in 0..sign.expose().len() {
        let found = Slip::of_form(&sign.expose()[..len]);
        // Within the last field nothing tells a cut from a missing padding, and twenty bytes are a digest.
        let in_doubt = [None, Some(Slip::MissingPadding), Some(Slip::DigestOnly)].contains(&found);
        assert!(in_doubt && (found.is_none() || len == 27 || len > 110), "{len}: {found:?}");
    }
}
