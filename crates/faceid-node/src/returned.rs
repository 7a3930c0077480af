//! What goes out.

use std::ptr;

use faceid_sign::Signature;
use napi::bindgen_prelude::ToNapiValue;
use napi::{check_status, sys};
use napi_derive::napi;

use crate::fault::Fault;

/// A finished sign as a string of one byte a character.
pub struct Sign(pub(crate) Signature);

impl ToNapiValue for Sign {
    unsafe fn to_napi_value(env: sys::napi_env, sign: Self) -> napi::Result<sys::napi_value> {
        let text = sign.0.expose();
        let mut value = ptr::null_mut();
        // SAFETY: the text is ASCII, and copied in the call.
        check_status!(unsafe {
            sys::napi_create_string_latin1(
                env,
                text.as_ptr().cast(),
                isize::try_from(text.len()).unwrap_or_default(),
                &raw mut value,
            )
        })?;
        Ok(value)
    }
}

/// What a sign says of itself; index.d.ts has the meaning of each.
#[napi(object, use_nullable = true)]
pub struct Claims {
    /// Field a.
    pub api_key: String,
    /// Field b.
    pub expires_at: Option<f64>,
    /// Field c.
    pub issued_at: f64,
    /// Field d.
    pub nonce: String,
}

impl Claims {
    pub(crate) fn of(claims: faceid_sign::Claims) -> Result<Self, Fault> {
        Ok(Self {
            api_key: claims.api_key,
            expires_at: claims.expires_at.map(number).transpose()?,
            issued_at: number(claims.issued_at)?,
            nonce: claims.nonce.to_string(),
        })
    }
}

/// `Number.MAX_SAFE_INTEGER`: beyond it two times could become the same number.
const LARGEST: u64 = (1 << 53) - 1;

fn number(time: u64) -> Result<f64, Fault> {
    if time > LARGEST {
        return Err(Fault::of_range(
            "TIME_OUT_OF_RANGE",
            "the sign has a time beyond Number.MAX_SAFE_INTEGER",
        ));
    }
    #[expect(clippy::cast_precision_loss, reason = "it is exact up to there")]
    Ok(time as f64)
}

/// What was found out about a sign.
#[napi(object)]
pub struct Diagnosis {
    /// `valid`, `unknown`, or the name of the slip.
    pub name: String,
    /// A sentence for people.
    pub message: String,
}

impl From<faceid_sign::Diagnosis> for Diagnosis {
    fn from(diagnosis: faceid_sign::Diagnosis) -> Self {
        let name = match &diagnosis {
            faceid_sign::Diagnosis::Valid(_) => "valid",
            faceid_sign::Diagnosis::Slip(slip) => slip.name(),
            _ => "unknown",
        };
        Self { name: name.to_owned(), message: diagnosis.to_string() }
    }
}
