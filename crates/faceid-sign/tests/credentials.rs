//! What a key and a secret may be, and that neither a secret nor a sign shows itself.

use faceid_sign::{Credentials, CredentialsFault as Fault, Nonce, SignError, Stamp, Validity};

#[test]
fn a_fault_is_named_with_its_field_and_without_the_value() {
    let cases: &[(&str, &[u8], Fault)] = &[
        ("api_key", b"", Fault::Empty),
        ("api_key", b" qxqx", Fault::EdgeBlank),
        ("api_key", b"qxqx\t", Fault::EdgeBlank),
        ("api_key", b"qxqx\n", Fault::EdgeLineEnd),
        ("api_key", b"\r\nqxqx", Fault::EdgeLineEnd),
        ("api_key", b"\xEF\xBB\xBFqxqx", Fault::EdgeByteOrderMark),
        ("api_key", b"qx&qx", Fault::Separator),
        ("api_key", b"qx=qx", Fault::Separator),
        ("api_key", b"qx\0qx", Fault::Control),
        ("api_key", b"qx\x7Fqx", Fault::Control),
        ("api_key", "qxäqx".as_bytes(), Fault::NonAscii),
        ("api_key", b"qx\xFFqx", Fault::NonAscii),
        ("api_secret", b"", Fault::Empty),
        ("api_secret", b"qxqx ", Fault::EdgeBlank),
        ("api_secret", "\u{3000}qxqx".as_bytes(), Fault::EdgeBlank),
        ("api_secret", b"qxqx\r", Fault::EdgeLineEnd),
        ("api_secret", "qxqx\u{2028}".as_bytes(), Fault::EdgeLineEnd),
        ("api_secret", b"qxqx\xEF\xBB\xBF", Fault::EdgeByteOrderMark),
        ("api_secret", b"\xFF\xFEqx\0", Fault::EdgeByteOrderMark),
    ];
    for &(field, value, fault) in cases {
        let pair = if field == "api_key" { (value, b"good".as_slice()) } else { (b"good".as_slice(), value) };
        let error = Credentials::new(pair.0, pair.1).expect_err(&format!("{field} {value:?}"));
        assert_eq!((error.field, error.fault), (field, fault), "{value:?}");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(field) && !shown.contains("qx"), "{shown}");
    }
}

#[test]
fn what_is_inside_a_value_is_left_alone() {
    for (key, secret) in [("a b", "a b"), ("[A-Z]", "秘密\n钥匙"), ("k", "&="), ("k", "\0"), ("k", "\u{301}")]
    {
        assert!(Credentials::new(key, secret).is_ok(), "{key:?} {secret:?}");
    }
    assert!(Credentials::new("k", b"\x80\xFF").is_ok(), "a secret is any bytes");
}

#[test]
fn debug_shows_the_key_alone() {
    let credentials = Credentials::new("fake-key", "marked-secret").unwrap();
    let signature = credentials.sign(&Stamp::now().unwrap(), Validity::default()).unwrap();
    assert_eq!(format!("{credentials:?}"), r#"Credentials { api_key: "fake-key", .. }"#);
    assert_eq!(format!("{signature:?}"), "Signature(..)");
}

#[test]
fn what_is_prepared_from_the_secret_is_wiped_on_drop() {
    fn wiped<T: zeroize::ZeroizeOnDrop>() {}
    wiped::<zeroize::Zeroizing<Vec<u8>>>();
    wiped::<zeroize::Zeroizing<String>>();
    // `Hmac` is two cores and a buffer, and leaves the wiping to them.
    wiped::<sha1::block_api::Sha1Core>();
    wiped::<hmac::digest::block_api::Buffer<sha1::block_api::Sha1Core>>();
}

#[test]
fn arithmetic_and_room_are_checked() {
    let credentials = Credentials::new("fake-key", "fake-secret").unwrap();
    let validity = Validity::default();
    let late = Stamp::new(u64::MAX - 99, Nonce::new("1").unwrap());
    assert_eq!(credentials.sign(&late, validity).unwrap_err(), SignError::ExpiryOverflow);
    assert_eq!(credentials.sign_len(&late, validity), Err(SignError::ExpiryOverflow));
    assert!(credentials.sign(&late, Validity::Once).is_ok());

    let stamp = Stamp::new(0, Nonce::new("1").unwrap());
    let needed = credentials.sign_len(&stamp, validity).unwrap();
    let mut short = vec![0; needed - 1];
    assert_eq!(
        credentials.sign_into(&stamp, validity, &mut short),
        Err(SignError::BufferTooSmall { needed })
    );
    assert!(short.iter().all(|byte| *byte == 0), "nothing is written");
}
