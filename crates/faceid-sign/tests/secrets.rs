//! Nothing that is public shows a secret or a sign.

use std::fmt::Debug;

use faceid_sign::{
    Claims, Credentials, CredentialsError, CredentialsFault, Diagnosis, Nonce, NonceError, SignError,
    Signature, Slip, Stamp, Validity, VerifyError,
};

const SECRET: &str = "marked-secret";

fn debug(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

fn error(value: &impl std::error::Error) -> String {
    assert!(value.source().is_none(), "{value}");
    format!("{value} {}", debug(value))
}

#[test]
fn nothing_shows_what_it_holds() {
    let credentials = Credentials::new("fake-key", SECRET).unwrap();
    let stamp = Stamp::new(1000, Nonce::new("0123456789").unwrap());
    let signature: Signature = credentials.sign(&stamp, Validity::default()).unwrap();
    let sign = signature.expose();
    let claims: Claims = credentials.verify(sign, 1000).unwrap();
    let foreign = Credentials::new("fake-key", "another").unwrap();
    let wrong: VerifyError = foreign.verify(sign, 1000).unwrap_err();
    let late: SignError =
        credentials.sign(&Stamp::new(u64::MAX, stamp.nonce()), Validity::default()).unwrap_err();
    let nonce: NonceError = Nonce::new(SECRET).unwrap_err();
    let mut shown = vec![
        debug(&credentials),
        debug(&credentials.clone()),
        debug(&signature),
        debug(&claims),
        debug(&stamp),
        debug(&Validity::Once),
        error(&wrong),
        error(&late),
        error(&nonce),
    ];
    for secret in
        [format!("{SECRET} "), format!("{SECRET}\n"), format!("\u{FEFF}{SECRET}"), format!("{SECRET}é")]
    {
        for fault in [Credentials::new("fake-key", secret.as_str()), Credentials::new(secret.as_str(), "x")] {
            let Err(refused) = fault else { continue };
            let refused: CredentialsError = refused;
            let fault: &CredentialsFault = &refused.fault;
            shown.extend([error(&refused), debug(fault)]);
        }
    }
    let texts = [
        sign.to_owned(),
        format!("b'{sign}'"),
        format!("{sign}\n"),
        sign.replace('=', "%3D"),
        sign.to_lowercase(),
        sign[..40].to_owned(),
        SECRET.to_owned(),
        String::new(),
    ];
    for text in texts {
        for pair in [&credentials, &foreign] {
            let found: Diagnosis = pair.diagnose(&text, 1000);
            shown.push(format!("{found} {}", debug(&found)));
            if let Diagnosis::Slip(slip) = found {
                let slip: Slip = slip;
                shown.push(format!("{slip} {} {}", slip.name(), debug(&slip)));
            }
            shown.extend(pair.verify(&text, 1000).err().map(|wrong| error(&wrong)));
        }
        shown.extend(Claims::peek(&text).err().map(|wrong| error(&wrong)));
    }
    assert!(shown.len() > 30, "{shown:?}");
    for text in shown {
        assert!(
            !text.contains(SECRET) && !text.contains(&sign[..16]) && !text.contains(&sign[24..40]),
            "{text}"
        );
    }
}
