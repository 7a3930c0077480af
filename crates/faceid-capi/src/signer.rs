//! A prepared signer, for those who sign often: the secret is read and prepared once.

use std::ffi::c_char;

use faceid_sign::{Credentials, Stamp};

use crate::Status;
use crate::guard::guard;
use crate::input::{bytes, credentials};
use crate::output::Output;
use crate::sign::{sign, verify};
use crate::stamp;

/// A key and its secret, prepared. It is never changed, so any number of threads may use it at the same time; one frees it,
/// when no other uses it any more.
pub struct Signer(Credentials);

/// Prepares a signer. It is given back with `faceid_signer_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn faceid_signer_new(
    key: *const c_char,
    key_len: usize,
    secret: *const c_char,
    secret_len: usize,
    out_signer: *mut *mut Signer,
) -> Status {
    guard(|| {
        if out_signer.is_null() {
            return Err(Status::NullPointer);
        }
        // SAFETY: the header's conventions.
        let credentials = unsafe { credentials(key, key_len, secret, secret_len) }?;
        // SAFETY: not NULL, and by the conventions a pointer can be written there.
        unsafe { out_signer.write(Box::into_raw(Box::new(Signer(credentials)))) };
        Ok(())
    })
}

/// Wipes a signer's secret and frees it. NULL is let pass.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn faceid_signer_free(signer: *mut Signer) {
    guard(|| {
        if !signer.is_null() {
            // SAFETY: by the conventions it is from faceid_signer_new, and nobody uses it from now on.
            drop(unsafe { Box::from_raw(signer) });
        }
        Ok(())
    });
}

/// Makes a sign of the given time and nonce, as `faceid_sign` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn faceid_signer_sign(
    signer: *const Signer,
    issued_at: u64,
    nonce: *const c_char,
    nonce_len: usize,
    validity: u32,
    out: *mut c_char,
    capacity: usize,
    out_len: *mut usize,
) -> Status {
    guard(|| {
        // SAFETY: the header's conventions. What is read is copied before the output is written.
        let output = unsafe { Output::new(out, capacity, out_len) }?;
        let credentials = unsafe { prepared(signer) }?;
        let stamp = stamp::stamp(issued_at, unsafe { bytes(nonce, nonce_len) }?)?;
        sign(credentials, &stamp, stamp::validity(validity), output)
    })
}

/// Makes a sign of this moment, with a fresh random nonce from the operating system: a process that was forked draws
/// others than its parent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn faceid_signer_sign_now(
    signer: *const Signer,
    validity: u32,
    out: *mut c_char,
    capacity: usize,
    out_len: *mut usize,
) -> Status {
    guard(|| {
        // SAFETY: the header's conventions.
        let output = unsafe { Output::new(out, capacity, out_len) }?;
        let credentials = unsafe { prepared(signer) }?;
        sign(credentials, &Stamp::now()?, stamp::validity(validity), output)
    })
}

/// Checks a sign, as `faceid_verify` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn faceid_signer_verify(
    signer: *const Signer,
    sign: *const c_char,
    sign_len: usize,
    now: u64,
) -> Status {
    guard(|| {
        // SAFETY: the header's conventions.
        let credentials = unsafe { prepared(signer) }?;
        verify(credentials, unsafe { bytes(sign, sign_len) }?, now)
    })
}

/// # Safety
///
/// `signer` is NULL or from [`faceid_signer_new`], and is not freed for as long as `'a`.
unsafe fn prepared<'a>(signer: *const Signer) -> Result<&'a Credentials, Status> {
    // SAFETY: the caller's promise.
    unsafe { signer.as_ref() }.map(|signer| &signer.0).ok_or(Status::NullPointer)
}

#[cfg(test)]
mod tests {
    use super::Signer;

    #[test]
    fn is_for_many_threads() {
        fn holds<T: Send + Sync>() {}
        holds::<Signer>();
    }
}
