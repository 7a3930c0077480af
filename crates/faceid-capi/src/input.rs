//! What comes in: pointer and length, never a NUL at the end.

use std::ffi::c_char;
use std::slice;

use faceid_sign::Credentials;

use crate::Status;

/// The bytes of an input.
///
/// # Safety
///
/// `data` is NULL, or `len` bytes can be read there, and nobody writes to them for as long as `'a`.
pub(crate) unsafe fn bytes<'a>(data: *const c_char, len: usize) -> Result<&'a [u8], Status> {
    if data.is_null() {
        return Err(Status::NullPointer);
    }
    // No object is longer: here a negative number was converted.
    if isize::try_from(len).is_err() {
        return Err(Status::LengthTooLarge);
    }
    // SAFETY: not NULL, not over isize::MAX, the rest is the caller's promise.
    Ok(unsafe { slice::from_raw_parts(data.cast(), len) })
}

/// A key and a secret, copied.
///
/// # Safety
///
/// As for [`bytes`], both, until this returns.
pub(crate) unsafe fn credentials(
    key: *const c_char,
    key_len: usize,
    secret: *const c_char,
    secret_len: usize,
) -> Result<Credentials, Status> {
    // SAFETY: the caller's promise.
    let (key, secret) = unsafe { (bytes(key, key_len)?, bytes(secret, secret_len)?) };
    Ok(Credentials::new(key, secret)?)
}
