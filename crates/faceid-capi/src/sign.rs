//! What the functions with and without a handle have in common.

use faceid_sign::{Credentials, SignError, Stamp, Validity, VerifyError};
use zeroize::Zeroizing;

use crate::Status;
use crate::output::Output;

/// Makes a sign here and copies it out, so that the caller's buffer is never seen by what may still fail.
pub(crate) fn sign(
    credentials: &Credentials,
    stamp: &Stamp,
    validity: Validity,
    output: Output,
) -> Result<(), Status> {
    // Enough for keys of up to 80 characters, without allocating. Words are wiped eight times as fast as bytes.
    let mut room = Zeroizing::new([0_u64; 24]);
    // SAFETY: any eight bytes are a u64, and the reverse.
    let (_, room, _) = unsafe { room.align_to_mut::<u8>() };
    match credentials.sign_into(stamp, validity, room) {
        Ok(made) => output.write(made),
        Err(SignError::BufferTooSmall { .. }) => {
            output.write(credentials.sign(stamp, validity)?.expose().as_bytes())
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn verify(credentials: &Credentials, sign: &[u8], now: u64) -> Result<(), Status> {
    let sign = std::str::from_utf8(sign).map_err(|_| VerifyError::Malformed)?;
    credentials.verify(sign, now)?;
    Ok(())
}
