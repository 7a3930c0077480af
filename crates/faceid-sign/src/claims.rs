//! What a sign says.

use alloc::string::{String, ToString};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::raw::Fields;
use crate::{Nonce, VerifyError};

/// Length of an HMAC-SHA1 digest in bytes.
pub(crate) const MAC_LEN: usize = 20;

/// What a sign says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// Whose sign it is: field a.
    pub api_key: String,
    /// UNIX time in seconds from which on it is no longer valid; `None` for a single-use sign (b = 0).
    pub expires_at: Option<u64>,
    /// UNIX time in seconds at which it was made: field c.
    pub issued_at: u64,
    /// The random digits, as sent: field d.
    pub nonce: Nonce,
}

impl Claims {
    /// Reads a sign without checking it: whose it is, before the right secret can be looked up.
    ///
    /// Anybody can write such claims. Trust them after [`Credentials::verify`](crate::Credentials::verify) alone.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Malformed`].
    pub fn peek(sign: &str) -> Result<Self, VerifyError> {
        let decoded = STANDARD.decode(sign).map_err(|_| VerifyError::Malformed)?;
        let (_, raw) = decoded.split_at_checked(MAC_LEN).ok_or(VerifyError::Malformed)?;
        Fields::parse(raw).map(Self::from).ok_or(VerifyError::Malformed)
    }
}

impl From<Fields<'_>> for Claims {
    fn from(fields: Fields<'_>) -> Self {
        Self {
            api_key: fields.api_key.to_string(),
            expires_at: (fields.expires_at != 0).then_some(fields.expires_at),
            issued_at: fields.issued_at,
            nonce: fields.nonce,
        }
    }
}
