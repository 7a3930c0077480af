//! What errors and diagnoses say.

use faceid_sign::{Credentials, Diagnosis, Nonce, NonceError, SignError, Slip, VerifyError};

#[test]
fn each_error_says_what_happened() {
    let pair = |key: &str, secret: &str| Credentials::new(key, secret).unwrap_err().to_string();
    let nonce = |digits: &str| Nonce::new(digits).unwrap_err().to_string();
    let cases = [
        (pair("", "s"), "api_key is empty"),
        (pair("k", " s"), "api_secret begins or ends with white space"),
        (pair("k\n", "s"), "api_key begins or ends with a line end"),
        (pair("k", "\u{FEFF}s"), "api_secret begins or ends with a byte order mark"),
        (pair("k&k", "s"), "api_key contains '&' or '='"),
        (pair("k\0k", "s"), "api_key contains a control character"),
        (pair("k\u{e9}k", "s"), "api_key contains a character outside ASCII"),
        (nonce(""), "the nonce is empty: one to ten digits are wanted"),
        (nonce("12345678901"), "the nonce has more than ten digits"),
        (nonce("1x"), "the nonce has a character other than 0 to 9"),
        (SignError::ClockBeforeEpoch.to_string(), "the clock stands before 1970"),
        (SignError::RandomSource.to_string(), "the operating system's random source failed"),
        (SignError::ExpiryOverflow.to_string(), "issue time plus validity does not fit into 64 bits"),
        (
            SignError::BufferTooSmall { needed: 124 }.to_string(),
            "the buffer is too small: 124 bytes are needed",
        ),
        (VerifyError::Malformed.to_string(), "the sign is not base64 of a digest and the fields a, b, c, d"),
        (VerifyError::Mismatch.to_string(), "the sign was not made with this api_key and api_secret"),
        (VerifyError::Order.to_string(), "the sign expires no later than it was issued"),
        (VerifyError::Expired.to_string(), "the sign has expired"),
    ];
    for (said, expected) in cases {
        assert_eq!(said, expected);
    }
    assert_eq!(Nonce::new("123456789012"), Err(NonceError::TooLong));
}

#[test]
fn each_error_has_its_code() {
    let pair = |key: &str, secret: &str| Credentials::new(key, secret).unwrap_err().code();
    let nonce = |digits: &str| Nonce::new(digits).unwrap_err().code();
    let cases = [
        (pair("", "s"), "KEY_EMPTY"),
        (pair("k ", "s"), "KEY_EDGE_BLANK"),
        (pair("k\n", "s"), "KEY_EDGE_LINE_END"),
        (pair("\u{FEFF}k", "s"), "KEY_EDGE_BYTE_ORDER_MARK"),
        (pair("k", ""), "SECRET_EMPTY"),
        (pair("k", " s"), "SECRET_EDGE_BLANK"),
        (pair("k", "s\n"), "SECRET_EDGE_LINE_END"),
        (pair("k", "\u{FEFF}s"), "SECRET_EDGE_BYTE_ORDER_MARK"),
        (pair("k&k", "s"), "KEY_SEPARATOR"),
        (pair("k\0k", "s"), "KEY_CONTROL"),
        (pair("k\u{e9}k", "s"), "KEY_NON_ASCII"),
        (nonce(""), "NONCE_EMPTY"),
        (nonce("12345678901"), "NONCE_TOO_LONG"),
        (nonce("1x"), "NONCE_NOT_DIGITS"),
        (SignError::ClockBeforeEpoch.code(), "CLOCK_BEFORE_EPOCH"),
        (SignError::RandomSource.code(), "RANDOM_SOURCE"),
        (SignError::ExpiryOverflow.code(), "EXPIRY_OVERFLOW"),
        (SignError::BufferTooSmall { needed: 124 }.code(), "BUFFER_TOO_SMALL"),
        (VerifyError::Malformed.code(), "MALFORMED"),
        (VerifyError::Mismatch.code(), "MISMATCH"),
        (VerifyError::Order.code(), "ORDER"),
        (VerifyError::Expired.code(), "EXPIRED"),
    ];
    for (code, expected) in cases {
        assert_eq!(code, expected);
    }
}

#[test]
fn a_diagnosis_says_what_to_mend() {
    let cases = [
        (
            Diagnosis::Unknown,
            "no known slip explains this sign: api_key and api_secret are not a pair, or it is cut off or no sign at all",
        ),
        (Diagnosis::Slip(Slip::HexDigest), "the digest was joined as hex digits: join its 20 bytes"),
        (
            Diagnosis::Slip(Slip::Expired { seconds: 7, age: 107 }),
            "expired 7 s ago, and was issued 107 s ago: an old sign was kept, or the signer's clock is 107 s behind",
        ),
        (
            Diagnosis::Slip(Slip::FromTheFuture { seconds: 8 }),
            "issued 8 s in the future: the signer's clock is 8 s ahead",
        ),
        (
            Diagnosis::Slip(Slip::Stale { seconds: 9 }),
            "single-use, issued 9 s ago: it was kept, or the signer's clock is 9 s behind",
        ),
    ];
    for (diagnosis, expected) in cases {
        assert_eq!(diagnosis.to_string(), expected);
    }
    let credentials = Credentials::new("fake-key", "fake-secret").unwrap();
    let stamp = faceid_sign::Stamp::new(1000, Nonce::new("1").unwrap());
    let sign = credentials.sign(&stamp, faceid_sign::Validity::default()).unwrap();
    assert_eq!(credentials.diagnose(sign.expose(), 1000).to_string(), "the sign is valid");
    assert_eq!(
        format!("{sign:?} {:?} {:?}", stamp.nonce(), credentials),
        "Signature(..) \"1\" Credentials { api_key: \"fake-key\", .. }"
    );
}

/// In the words of the program and of the sandbox's journal: whoever mends a signer has nothing else to go by.
#[test]
fn each_slip_has_its_words() {
    let cases = [
        (Slip::HexDigest, "the digest was joined as hex digits: join its 20 bytes"),
        (Slip::DigestOnly, "the digest alone was encoded: encode digest and text together"),
        (Slip::KeyAndMessageSwapped, "HMAC's key and message are swapped: the secret is the key"),
        (Slip::ApiKeyAsSecret, "the api_key was used as the secret"),
        (Slip::LineEndAfterSecret, "the secret was used with the line end that follows it: trim it"),
        (
            Slip::LineEndAfterText,
            "the text was signed, or joined, with a line end behind it: echo adds one, printf %s does not",
        ),
        (Slip::PlainSha1, "SHA-1 of secret and text was used: HMAC-SHA1 is wanted"),
        (Slip::HmacSha256, "HMAC-SHA256 was used under sign_version hmac_sha1"),
        (Slip::LossyUtf8, "the digest was turned into a UTF-8 text on its way: keep it as bytes"),
        (Slip::Latin1, "the digest was turned into a Latin-1 text on its way: keep it as bytes"),
        (
            Slip::PythonBytesLiteral,
            "the sign is wrapped in Python's b'...': decode the bytes to a text first",
        ),
        (Slip::Quoted, "the sign is in quotation marks: take them off"),
        (
            Slip::UrlSafeAlphabet,
            "base64 with the URL-safe alphabet: the standard one, with + and /, is wanted",
        ),
        (Slip::MissingPadding, "the = at the end of the base64 are missing"),
        (Slip::LineBreaks, "the base64 is broken into lines: use an encoder without line breaks"),
        (Slip::BlankForPlus, "a + arrived as a blank: the form was urlencoded without escaping it"),
        (Slip::PercentEscaped, "the sign is percent-escaped: multipart values are sent as they are"),
        (Slip::DoubleBase64, "the sign was encoded to base64 twice"),
        (Slip::Milliseconds, "b or c is in milliseconds: seconds are wanted"),
        (Slip::DurationAsExpiry, "b is a duration: the UNIX time of expiry is wanted"),
        (Slip::NotAfterIssue, "b is not after c: for a single-use sign b is 0"),
        (Slip::NonceNegative, "d is negative: take an unsigned random number"),
        (Slip::NonceLetters, "d is not made of digits"),
        (Slip::NonceTooLong, "d has more than ten digits"),
        (Slip::NonceForeignDigits, "d is in the digits of another script: format numbers without a locale"),
        (Slip::FieldsReordered, "the fields are not in the order a, b, c, d"),
        (Slip::FieldsMissing, "the signed text does not have exactly the fields a, b, c, d"),
        (Slip::FieldsEscaped, "the signed text is percent-escaped: sign it as it is"),
    ];
    for (slip, expected) in cases {
        assert_eq!(slip.to_string(), expected, "{slip:?}");
        assert!(
            slip.name()
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        );
    }
}
