//! Functions without a handle, for those who sign now and then: key and secret are prepared and wiped in each call.

use std::ffi::c_char;

use faceid_sign::{Diagnosis, Stamp};

use crate::Status;
use crate::guard::guard;
use crate::input::{bytes, credentials};
use crate::output::Output;
use crate::sign::{sign, verify};
use crate::stamp;

/// Makes a sign of the given time and nonce.
///
/// `issued_at` is in UNIX seconds: one in milliseconds makes a sign from far in the future, which `faceid_diagnose` names.
/// The nonce is 1 to 10 digits, signed exactly as they stand, leading zeros too; `validity` is in seconds, or
/// `FACEID_VALIDITY_ONCE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn faceid_sign(
    key: *const c_char,
    key_len: usize,
    secret: *const c_char,
    secret_len: usize,
    issued_at: u64,
    nonce: *const c_char,
    nonce_len: usize,
    validity: u32,
    out: *mut c_char,
    capacity: usize,
    out_len: *mut usize,
) -> Status {
    guard(|| {
        // SAFETY: the header's conventions. What is read is copied or done with before the output is written.
        let output = unsafe { Output::new(out, capacity, out_len) }?;
        let credentials = unsafe { credentials(key, key_len, secret, secret_len) }?;
        let stamp = stamp::stamp(issued_at, unsafe { bytes(nonce, nonce_len) }?)?;
        sign(&credentials, &stamp, stamp::validity(validity), output)
    })
}

/// Makes a sign of this moment, with a fresh random nonce from the operating system.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn faceid_sign_now(
    key: *const c_char,
    key_len: usize,
    secret: *const c_char,
    secret_len: usize,
    validity: u32,
    out: *mut c_char,
    capacity: usize,
    out_len: *mut usize,
) -> Status {
    guard(|| {
        // SAFETY: as above.
        let output = unsafe { Output::new(out, capacity, out_len) }?;
        let credentials = unsafe { credentials(key, key_len, secret, secret_len) }?;
        sign(&credentials, &Stamp::now()?, stamp::validity(validity), output)
    })
}

/// Checks a sign: that it was made with this key and secret, and is valid at `now` (UNIX seconds).
///
/// `FACEID_STATUS_OK`, or the reason against it. A single-use sign is valid at any time: that it is used once is for the
/// caller to see to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn faceid_verify(
    key: *const c_char,
    key_len: usize,
    secret: *const c_char,
    secret_len: usize,
    sign: *const c_char,
    sign_len: usize,
    now: u64,
) -> Status {
    guard(|| {
        // SAFETY: the header's conventions.
        let credentials = unsafe { credentials(key, key_len, secret, secret_len) }?;
        verify(&credentials, unsafe { bytes(sign, sign_len) }?, now)
    })
}

/// Says in words why a sign does not verify at `now` (UNIX seconds): the slip that its maker made, if it is a known one.
///
/// It is stricter than `faceid_verify`: a sign issued more than 300 s after `now`, a single-use one issued more than 300 s
/// before it, and times in milliseconds are slips too.
///
/// The text is a name that stays the same (`hex_digest`), a colon, a blank, and a sentence that may change. The name is
/// `valid` for a sign with nothing wrong, and `unknown` where no known slip explains it. `FACEID_STATUS_OK` says that there
/// is a text, whatever it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn faceid_diagnose(
    key: *const c_char,
    key_len: usize,
    secret: *const c_char,
    secret_len: usize,
    sign: *const c_char,
    sign_len: usize,
    now: u64,
    out: *mut c_char,
    capacity: usize,
    out_len: *mut usize,
) -> Status {
    guard(|| {
        // SAFETY: the header's conventions. What is read is done with before the output is written.
        let output = unsafe { Output::new(out, capacity, out_len) }?;
        let credentials = unsafe { credentials(key, key_len, secret, secret_len) }?;
        let sign = unsafe { bytes(sign, sign_len) }?;
        let diagnosis =
            std::str::from_utf8(sign).map_or(Diagnosis::Unknown, |sign| credentials.diagnose(sign, now));
        let name = match &diagnosis {
            Diagnosis::Valid(_) => "valid",
            Diagnosis::Slip(slip) => slip.name(),
            _ => "unknown",
        };
        output.write(format!("{name}: {diagnosis}").as_bytes())
    })
}
