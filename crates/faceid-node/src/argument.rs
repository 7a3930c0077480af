//! What comes in: any value at all, since JavaScript checks nothing.

use std::borrow::Cow;
use std::ops::Range;
use std::ptr;
use std::slice;

use faceid_sign::{Nonce, Validity};
use napi::bindgen_prelude::FromNapiValue;
use napi::{Env, ValueType, sys};
use zeroize::Zeroizing;

use crate::fault::Fault;

/// A value as it came, and how to read it as what it should be.
///
/// A value is first taken for what it should be, and its type asked for only if it is not that: each call of Node
/// counts when a sign is made.
pub struct Argument {
    env: sys::napi_env,
    value: sys::napi_value,
}

impl FromNapiValue for Argument {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        Ok(Self { env, value })
    }
}

/// From here on a number counts milliseconds (as seconds, it is in the year 5138).
const SURELY_MILLISECONDS: f64 = 100_000_000_000.0;
/// Of a bigint, which holds the times beyond too: as milliseconds from 1973, as nanoseconds to 2255.
const BIG_MILLISECONDS: Range<u64> = 100_000_000_000..9_000_000_000_000_000_000;

impl Argument {
    pub(crate) fn env(&self) -> Env {
        Env::from_raw(self.env)
    }

    pub(crate) fn is_undefined(&self) -> bool {
        self.kind() == ValueType::Undefined
    }

    /// UNIX time in seconds.
    pub(crate) fn time(&self, field: &str) -> Result<u64, Fault> {
        let number = match self.number() {
            Some(number) => number,
            None if self.kind() == ValueType::BigInt => return self.big(field),
            None => return Err(self.wrong_type(field, "a number or a bigint, UNIX time in seconds")),
        };
        if number >= SURELY_MILLISECONDS && number.is_finite() {
            return Err(in_milliseconds(field));
        }
        if number.fract() != 0.0 || number < 0.0 {
            let message =
                format!("{field} is not a whole number of seconds from 0 on: Math.floor(Date.now() / 1000)");
            return Err(Fault::of_range("TIME_OUT_OF_RANGE", message));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, and in the range"
        )]
        Ok(number as u64)
    }

    fn big(&self, field: &str) -> Result<u64, Fault> {
        let (mut value, mut lossless) = (0, false);
        // SAFETY: both are written to in the call.
        let status = unsafe {
            sys::napi_get_value_bigint_uint64(self.env, self.value, &raw mut value, &raw mut lossless)
        };
        if status != sys::Status::napi_ok || !lossless {
            let message = format!("{field} is negative, or does not fit into 64 bits");
            return Err(Fault::of_range("TIME_OUT_OF_RANGE", message));
        }
        if BIG_MILLISECONDS.contains(&value) {
            return Err(in_milliseconds(field));
        }
        Ok(value)
    }

    /// How long a sign is valid: these seconds, or with `single_use` for one request; neither is the default.
    pub(crate) fn validity(&self, single_use: &Self) -> Result<Validity, Fault> {
        let once = single_use.flag("singleUse")?;
        let seconds = match self.number() {
            None if self.is_undefined() => None,
            None => return Err(self.wrong_type("validity", "a number of seconds")),
            Some(seconds) => Some(whole_seconds(seconds)?),
        };
        match (once, seconds) {
            (false, None) => Ok(Validity::default()),
            (false, Some(validity)) => Ok(validity),
            (true, None) => Ok(Validity::Once),
            (true, Some(_)) => Err(Fault::of_range(
                "VALIDITY_AND_SINGLE_USE",
                "validity and singleUse exclude each other: a single-use sign has no time of expiry",
            )),
        }
    }

    /// 1 to 10 digits.
    pub(crate) fn nonce(&self) -> Result<Nonce, Fault> {
        // A digit more than a nonce has, so that a longer text is not taken for a nonce; and a NUL.
        let mut text = [0; Nonce::MAX_LEN + 2];
        let mut len = 0;
        // SAFETY: no more is written than the text has room for, and `len` tells how much.
        let status = unsafe {
            sys::napi_get_value_string_utf8(
                self.env,
                self.value,
                text.as_mut_ptr().cast(),
                text.len(),
                &raw mut len,
            )
        };
        if status != sys::Status::napi_ok {
            return Err(self.wrong_type("nonce", "a string of 1 to 10 digits, since leading zeros count"));
        }
        // A character of several bytes may have been left out whole, after fewer than eleven digits.
        if len <= Nonce::MAX_LEN && self.utf16_len() != Some(len) {
            return Err(faceid_sign::NonceError::NotDigits.into());
        }
        let text = std::str::from_utf8(&text[..len]).unwrap_or("not UTF-8");
        Ok(Nonce::new(text)?)
    }

    /// Text. What is no UTF-16 becomes U+FFFD, which neither a key nor a sign holds.
    pub(crate) fn text(&self, field: &str) -> Result<Zeroizing<String>, Fault> {
        let units = self.utf16(field, "a string")?;
        let mut text = Zeroizing::new(String::with_capacity(units.len() * UTF8_BYTES_OF_A_UNIT));
        let chars = char::decode_utf16(units.iter().copied());
        text.extend(chars.map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Ok(text)
    }

    /// Text as UTF-8, or bytes.
    pub(crate) fn secret(&self, field: &str) -> Result<Zeroizing<Vec<u8>>, Fault> {
        if let Some(bytes) = self.bytes(field)? {
            return Ok(bytes);
        }
        let units = self.utf16(field, "a string or a Uint8Array")?;
        // All the room at once: a text that grows leaves copies behind that nobody wipes.
        let mut secret = Zeroizing::new(Vec::with_capacity(units.len() * UTF8_BYTES_OF_A_UNIT));
        for char in char::decode_utf16(units.iter().copied()) {
            let char = char.map_err(|_| {
                Fault::of_range(
                    "LONE_SURROGATE",
                    format!("{field} has half of a surrogate pair: it is no text"),
                )
            })?;
            secret.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Ok(secret)
    }

    fn number(&self) -> Option<f64> {
        let mut number = 0.0;
        // SAFETY: it is written to in the call.
        let status = unsafe { sys::napi_get_value_double(self.env, self.value, &raw mut number) };
        (status == sys::Status::napi_ok).then_some(number)
    }

    fn flag(&self, field: &str) -> Result<bool, Fault> {
        let mut flag = false;
        // SAFETY: it is written to in the call.
        let status = unsafe { sys::napi_get_value_bool(self.env, self.value, &raw mut flag) };
        if status != sys::Status::napi_ok && !self.is_undefined() {
            return Err(self.wrong_type(field, "true or false"));
        }
        Ok(flag)
    }

    /// In UTF-16 code units; none of what is no string.
    fn utf16_len(&self) -> Option<usize> {
        let mut len = 0;
        // SAFETY: without a buffer the length alone is written.
        let status = unsafe {
            sys::napi_get_value_string_utf16(self.env, self.value, ptr::null_mut(), 0, &raw mut len)
        };
        (status == sys::Status::napi_ok).then_some(len)
    }

    fn utf16(&self, field: &str, wanted: &str) -> Result<Zeroizing<Vec<u16>>, Fault> {
        let len = self.utf16_len().ok_or_else(|| self.wrong_type(field, wanted))?;
        // Room for the NUL that is written too.
        let mut units = Zeroizing::new(vec![0; len + 1]);
        let mut written = 0;
        // SAFETY: no more is written than there is room for.
        unsafe {
            sys::napi_get_value_string_utf16(
                self.env,
                self.value,
                units.as_mut_ptr(),
                units.len(),
                &raw mut written,
            );
        }
        units.truncate(written);
        Ok(units)
    }

    /// A copy of a `Uint8Array`, such as a `Buffer`; none of anything else.
    fn bytes(&self, field: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        let mut is_array = false;
        // SAFETY: it is written to in the call.
        unsafe { sys::napi_is_typedarray(self.env, self.value, &raw mut is_array) };
        if !is_array {
            return Ok(None);
        }
        let (mut kind, mut len, mut data, mut buffer) = (0, 0, ptr::null_mut(), ptr::null_mut());
        // SAFETY: it is a typed array, and everything is written to in the call.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                self.env,
                self.value,
                &raw mut kind,
                &raw mut len,
                &raw mut data,
                &raw mut buffer,
                ptr::null_mut(),
            )
        };
        if status != sys::Status::napi_ok || kind != sys::TypedarrayType::uint8_array {
            return Ok(None);
        }
        let (mut is_own, mut is_detached) = (false, false);
        // SAFETY: both are written to in the calls.
        unsafe {
            sys::napi_is_arraybuffer(self.env, buffer, &raw mut is_own);
            sys::napi_is_detached_arraybuffer(self.env, buffer, &raw mut is_detached);
        }
        if !is_own {
            let message =
                format!("{field} lies in a SharedArrayBuffer, which others may be writing to: copy it first");
            return Err(Fault::of_type("SHARED_BUFFER", message));
        }
        if is_detached {
            let message = format!("{field} lies in an ArrayBuffer that was transferred away");
            return Err(Fault::of_type("DETACHED_BUFFER", message));
        }
        if len == 0 || data.is_null() {
            return Ok(Some(Zeroizing::default()));
        }
        // SAFETY: `len` bytes lie there, and as they are not shared nobody writes to them until this returns.
        let bytes = unsafe { slice::from_raw_parts(data.cast::<u8>(), len) };
        Ok(Some(Zeroizing::new(bytes.to_vec())))
    }

    fn kind(&self) -> ValueType {
        let mut kind = 0;
        // SAFETY: it is written to in the call.
        unsafe { sys::napi_typeof(self.env, self.value, &raw mut kind) };
        kind.into()
    }

    fn wrong_type(&self, field: &str, wanted: &str) -> Fault {
        let kind = match self.kind() {
            ValueType::Undefined => "undefined",
            ValueType::Null => "null",
            ValueType::Boolean => "a boolean",
            ValueType::Number => "a number",
            ValueType::String => "a string",
            ValueType::Symbol => "a symbol",
            ValueType::Function => "a function",
            ValueType::BigInt => "a bigint",
            _ => "an object of another kind",
        };
        Fault::of_type("WRONG_TYPE", format!("{field} must be {wanted}, and is {kind}"))
    }
}

fn in_milliseconds(field: &str) -> Fault {
    let message = format!("{field} is in milliseconds or finer: UNIX time in seconds is wanted");
    Fault::of_range("TIME_IN_MILLISECONDS", message)
}

/// The most that a code unit of UTF-16 takes in UTF-8.
const UTF8_BYTES_OF_A_UNIT: usize = 3;

fn whole_seconds(seconds: f64) -> Result<Validity, Fault> {
    let wanted: Cow<'static, str> = if seconds == 0.0 {
        "validity is 0: a sign for a single request is singleUse: true".into()
    } else {
        format!("validity is not a whole number of seconds from 1 to {}", u32::MAX).into()
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with what it was")]
    let whole = seconds as u32;
    match Validity::seconds(whole) {
        #[expect(clippy::float_cmp, reason = "a whole number is itself")]
        Some(validity) if f64::from(whole) == seconds => Ok(validity),
        _ => Err(Fault::of_range("VALIDITY_OUT_OF_RANGE", wanted)),
    }
}
