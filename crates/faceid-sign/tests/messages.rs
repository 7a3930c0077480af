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
fn a_diagnosis_says_what_to_mend() {
    let cases = [
        (Diagnosis::Unknown, "no known slip explains this sign: api_key and api_secret are not a pair"),
        (Diagnosis::Slip(Slip::HexDigest), "the digest was joined as hex digits: join its 20 bytes"),
        (
            Diagnosis::Slip(Slip::Expired { seconds: 7 }),
            "expired 7 s ago: an old sign was kept, or the signer's clock is behind",
        ),
        (
            Diagnosis::Slip(Slip::FromTheFuture { seconds: 8 }),
            "issued 8 s in the future: the signer's clock is ahead",
        ),
        (
            Diagnosis::Slip(Slip::Stale { seconds: 9 }),
            "single-use, issued 9 s ago: it was kept, or the signer's clock is behind",
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
