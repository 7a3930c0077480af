//! What `index.js` calls.

use std::time::{SystemTime, UNIX_EPOCH};

use faceid_sign::{Credentials, SignError, Stamp};
use napi::Env;
use napi_derive::napi;

use crate::argument::Argument;
use crate::fault::Fault;
use crate::returned::{Claims, Diagnosis, Sign};

/// A key and its secret, prepared; wiped when JavaScript's garbage collector takes it, or its thread ends.
#[napi]
pub struct Signer(Credentials);

#[napi]
#[allow(clippy::needless_pass_by_value, reason = "arguments come so")]
impl Signer {
    /// Prepares the pair.
    ///
    /// # Errors
    ///
    /// What `index.d.ts` lists.
    #[napi(constructor)]
    pub fn new(env: Env, api_key: Argument, api_secret: Argument) -> napi::Result<Self> {
        let credentials = || -> Result<_, Fault> {
            let (key, secret) = (api_key.text("apiKey")?, api_secret.secret("apiSecret")?);
            Ok(Credentials::new(key.as_bytes(), &*secret)?)
        };
        credentials().map(Self).map_err(|fault| fault.throw(env))
    }

    /// Field a.
    #[napi(getter)]
    #[must_use]
    pub fn api_key(&self) -> String {
        self.0.api_key().to_owned()
    }

    /// A sign; what is undefined is chosen here.
    ///
    /// # Errors
    ///
    /// As above.
    #[napi]
    pub fn sign(
        &self,
        issued_at: Argument,
        nonce: Argument,
        validity: Argument,
        single_use: Argument,
    ) -> napi::Result<Sign> {
        let sign = || -> Result<_, Fault> {
            let validity = validity.validity(&single_use)?;
            let issued_at = match issued_at.time("issuedAt") {
                Err(_) if issued_at.is_undefined() => now()?,
                time => time?,
            };
            let stamp = match nonce.nonce() {
                Err(_) if nonce.is_undefined() => Stamp::at(issued_at)?,
                nonce => Stamp::new(issued_at, nonce?),
            };
            Ok(self.0.sign(&stamp, validity)?)
        };
        sign().map(Sign).map_err(|fault| fault.throw(issued_at.env()))
    }

    /// What a sign says, if it is right at `at`.
    ///
    /// # Errors
    ///
    /// As above.
    #[napi]
    pub fn verify(&self, sign: Argument, at: Argument) -> napi::Result<Claims> {
        let claims = || -> Result<Claims, Fault> {
            let (sign, at) = (sign.text("sign")?, moment(&at)?);
            Claims::of(self.0.verify(&sign, at)?)
        };
        claims().map_err(|fault| fault.throw(sign.env()))
    }

    /// What is wrong with a sign at `at`.
    ///
    /// # Errors
    ///
    /// As above.
    #[napi]
    pub fn diagnose(&self, sign: Argument, at: Argument) -> napi::Result<Diagnosis> {
        let diagnosis = || -> Result<Diagnosis, Fault> {
            let (sign, at) = (sign.text("sign")?, moment(&at)?);
            Ok(self.0.diagnose(&sign, at).into())
        };
        diagnosis().map_err(|fault| fault.throw(sign.env()))
    }
}

/// What a sign says, unchecked.
///
/// # Errors
///
/// As above.
#[napi]
#[allow(clippy::needless_pass_by_value, reason = "arguments come so")]
pub fn peek(sign: Argument) -> napi::Result<Claims> {
    let claims = || -> Result<Claims, Fault> { Claims::of(faceid_sign::Claims::peek(&sign.text("sign")?)?) };
    claims().map_err(|fault| fault.throw(sign.env()))
}

/// The time given, or this one.
fn moment(time: &Argument) -> Result<u64, Fault> {
    if time.is_undefined() { now() } else { time.time("now") }
}

fn now() -> Result<u64, Fault> {
    let since_epoch =
        SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| SignError::ClockBeforeEpoch)?;
    Ok(since_epoch.as_secs())
}
