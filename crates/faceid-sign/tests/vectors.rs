//! The signer against `vectors.json`, which every language reads: made by an implementation that is not ours.

use std::collections::BTreeSet;

use faceid_sign::{Claims, Credentials, Diagnosis, Nonce, Slip, Stamp, Validity};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    sign: Vec<Vector>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    api_key: String,
    api_secret: String,
    issued_at: String,
    validity: String,
    expires_at: String,
    nonce: String,
    sign: String,
}

#[derive(Deserialize)]
struct Refused {
    name: String,
    slip: String,
    api_key: String,
    api_secret: String,
    now: String,
    sign: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("vectors.json")).expect("vectors.json")
}

fn number(digits: &str) -> u64 {
    digits.parse().expect(digits)
}

#[test]
fn each_vector_is_signed_verified_and_read() {
    let vectors = vectors().sign;
    assert!(vectors.len() > 300, "{} vectors", vectors.len());
    for vector in vectors {
        let name = &vector.name;
        let credentials = Credentials::new(&vector.api_key, &vector.api_secret).expect(name);
        let stamp = Stamp::new(number(&vector.issued_at), Nonce::new(&vector.nonce).expect(name));
        let validity = match number(&vector.validity) {
            0 => Validity::Once,
            seconds => Validity::seconds(seconds.try_into().expect(name)).expect(name),
        };

        let signature = credentials.sign(&stamp, validity).expect(name);
        assert_eq!(signature.expose(), vector.sign, "{name}");
        assert_eq!(credentials.sign_len(&stamp, validity), Ok(vector.sign.len()), "{name}");
        let mut buffer = vec![b'#'; vector.sign.len() + 1];
        let written = credentials.sign_into(&stamp, validity, &mut buffer).expect(name);
        assert_eq!(written, vector.sign.as_bytes(), "{name}");
        assert_eq!(buffer.last(), Some(&b'#'), "{name}");

        let claims = credentials.verify(&vector.sign, stamp.issued_at()).expect(name);
        assert_eq!(claims.api_key, vector.api_key, "{name}");
        assert_eq!(claims.expires_at.unwrap_or(0), number(&vector.expires_at), "{name}");
        assert_eq!(claims.issued_at, stamp.issued_at(), "{name}");
        assert_eq!(claims.nonce.as_str(), vector.nonce, "{name}");
        assert_eq!(Claims::peek(&vector.sign), Ok(claims), "{name}");
    }
}

/// What takes the secret, or the clock, to be told.
const WITH_THE_SECRET: &[&str] = &[
    "key_and_message_swapped",
    "api_key_as_secret",
    "line_end_after_secret",
    "plain_sha1",
    "lossy_utf8",
    "latin1",
    "milliseconds",
    "duration_as_expiry",
    "not_after_issue",
    "expired",
    "from_the_future",
    "unrelated_secret",
];

#[test]
fn each_refused_sign_is_refused_and_its_slip_named() {
    let mut named = BTreeSet::new();
    for vector in vectors().refused {
        let name = &vector.name;
        let credentials = Credentials::new(&vector.api_key, &vector.api_secret).expect(name);
        let now = number(&vector.now);
        // A time too late is no reason to refuse by itself: the service's own limits are not documented.
        let verifies = credentials.verify(&vector.sign, now).is_ok();
        assert!(!verifies || ["from_the_future", "milliseconds"].contains(&vector.slip.as_str()), "{name}");
        let found = match credentials.diagnose(&vector.sign, now) {
            Diagnosis::Slip(slip) => slip.name(),
            Diagnosis::Unknown => "unrelated_secret",
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(found, vector.slip, "{name}");
        let of_form = Slip::of_form(&vector.sign).map(|slip| slip.name());
        // Without a or d at its end, it may have been cut off; and nothing shows of a line end that only the digest is of.
        let tells = !WITH_THE_SECRET.contains(&found)
            && found != "fields_missing"
            && (found != "line_end_after_text" || Claims::peek(&vector.sign).is_err());
        assert_eq!(of_form, tells.then_some(found), "{name}");
        named.insert(found);
    }
    assert!(named.len() >= 30, "{named:?}");
}
