//! A key and its secret, prepared for signing and verifying.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::claims::MAC_LEN;
use crate::layout::Layout;
use crate::mac::{Begun, MacKey};
use crate::raw::{self, Fields, Tail};
use crate::{Claims, CredentialsError, CredentialsFault, SignError, Signature, Stamp, Validity, VerifyError};

/// An `api_key` and its `api_secret`.
///
/// The HMAC key is prepared once, here; signing costs three SHA-1 blocks for a key of the usual 32 characters. The
/// secret and all that is prepared from it are wiped on drop, and a move copies none of it. What a register or an
/// unoptimized build has left on a stack is beyond a library's reach. `Debug` shows the `api_key` alone.
#[derive(Clone)]
pub struct Credentials {
    api_key: String,
    /// Kept for [`diagnose`](Self::diagnose), which tries what else may have been done with it.
    secret: Zeroizing<Vec<u8>>,
    /// HMAC keyed with the secret, for verifying.
    keyed: MacKey,
    /// The same for signing, after the head of the raw text, which is the same in each sign.
    begun: Begun,
    layout: Layout,
}

impl Credentials {
    /// Checks the pair and prepares it.
    ///
    /// The secret may be any bytes; a text is taken as UTF-8, as the vendor's samples do.
    ///
    /// ```
    /// use faceid_sign::Credentials;
    ///
    /// assert!(Credentials::new("key", "secret").is_ok());
    /// let refused = Credentials::new("key", "secret\n").unwrap_err();
    /// assert_eq!(refused.to_string(), "api_secret begins or ends with a line end");
    /// ```
    ///
    /// # Errors
    ///
    /// [`CredentialsError`] for a value that is empty or has white space, a line end or a byte order mark at an edge,
    /// and for a key with `&`, `=`, a control character or one outside ASCII.
    pub fn new(api_key: impl AsRef<[u8]>, api_secret: impl AsRef<[u8]>) -> Result<Self, CredentialsError> {
        let api_key =
            checked_key(api_key.as_ref()).map_err(|fault| CredentialsError { field: "api_key", fault })?;
        let secret = api_secret.as_ref();
        check_edges(secret).map_err(|fault| CredentialsError { field: "api_secret", fault })?;

        let keyed = MacKey::new(secret);
        let head = raw::head(&api_key);
        let begun = Begun::new(keyed.clone(), &head);
        let layout = Layout::new(&head);
        Ok(Self { api_key, secret: Zeroizing::new(secret.to_vec()), keyed, begun, layout })
    }

    /// The `api_key`. It is no secret: each sign holds it in the clear.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Makes a sign.
    ///
    /// # Errors
    ///
    /// [`SignError::ExpiryOverflow`].
    pub fn sign(&self, stamp: &Stamp, validity: Validity) -> Result<Signature, SignError> {
        let mut tail = self.begun.tail();
        tail.fill(stamp, raw::expires_at(stamp, validity)?);
        let mut text = Zeroizing::new(vec![0; self.layout.sign_len(tail.len())]);
        self.write(&mut tail, &mut text);
        // Base64 is ASCII, so the text is kept as it is, without a copy.
        let text = String::from_utf8(core::mem::take(&mut *text)).unwrap_or_default();
        Ok(Signature(Zeroizing::new(text)))
    }

    /// Makes a sign in the caller's buffer, without allocating, and gives back the part that was written.
    ///
    /// [`sign_len`](Self::sign_len) tells beforehand how much room it takes. Nothing is written if it fails.
    ///
    /// # Errors
    ///
    /// [`SignError::BufferTooSmall`], [`SignError::ExpiryOverflow`].
    pub fn sign_into<'out>(
        &self,
        stamp: &Stamp,
        validity: Validity,
        out: &'out mut [u8],
    ) -> Result<&'out mut [u8], SignError> {
        let mut tail = self.begun.tail();
        tail.fill(stamp, raw::expires_at(stamp, validity)?);
        let needed = self.layout.sign_len(tail.len());
        let out = out.get_mut(..needed).ok_or(SignError::BufferTooSmall { needed })?;
        self.write(&mut tail, out);
        Ok(out)
    }

    /// The length in bytes of the sign that this stamp and validity give: 124 for a key of 32 characters.
    ///
    /// # Errors
    ///
    /// [`SignError::ExpiryOverflow`].
    pub fn sign_len(&self, stamp: &Stamp, validity: Validity) -> Result<usize, SignError> {
        let mut tail = self.begun.tail();
        tail.fill(stamp, raw::expires_at(stamp, validity)?);
        Ok(self.layout.sign_len(tail.len()))
    }

    /// Writes the sign. `out` has exactly its length.
    #[inline]
    fn write(&self, tail: &mut Tail, out: &mut [u8]) {
        // In a digest each step waits for the one before. What does not need it stands between its two parts, so that
        // the processor does it meanwhile.
        let inner = self.begun.inner(tail);
        self.layout.write(tail, out);
        self.layout.write_digest(self.begun.outer(&inner), out);
    }

    /// Checks a sign: that it is canonical base64, made with this pair, and valid at `now` (UNIX time in seconds).
    ///
    /// The digest is compared in constant time and over the bytes as received; only then are the fields read. A
    /// single-use sign (b = 0) is valid at any time: that it is used once is for the caller to see to. A time of issue
    /// after `now` is no reason against it, as it is for [`diagnose`](Self::diagnose).
    ///
    /// # Errors
    ///
    /// [`VerifyError`]: `Malformed`, then `Mismatch`, then `Order`, then `Expired`.
    pub fn verify(&self, sign: &str, now: u64) -> Result<Claims, VerifyError> {
        // Nothing that this key can have signed is longer, and what is sent by strangers need not be decoded.
        if sign.len() > self.layout.sign_len(Tail::MAX_LEN) {
            return Err(VerifyError::Malformed);
        }
        let decoded = STANDARD.decode(sign).map_err(|_| VerifyError::Malformed)?;
        let (mac, raw) = decoded.split_at_checked(MAC_LEN).ok_or(VerifyError::Malformed)?;
        if !self.keyed.is_digest(mac, raw) {
            return Err(VerifyError::Mismatch);
        }

        // Nearly always the key is this one, which need not be looked for.
        let ours = core::str::from_utf8(raw).ok().and_then(|raw| raw.strip_prefix("a="));
        let ours = ours.and_then(|raw| raw.strip_prefix(self.api_key())?.strip_prefix('&'));
        let fields = ours.and_then(|rest| Fields::after(&self.api_key, rest)).ok_or_else(|| {
            if Fields::parse(raw).is_some() { VerifyError::Mismatch } else { VerifyError::Malformed }
        })?;
        if fields.expires_at != 0 {
            if fields.expires_at <= fields.issued_at {
                return Err(VerifyError::Order);
            }
            if now >= fields.expires_at {
                return Err(VerifyError::Expired);
            }
        }
        Ok(fields.into())
    }

    pub(crate) fn secret(&self) -> &[u8] {
        &self.secret
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("api_key", &self.api_key).finish_non_exhaustive()
    }
}

fn checked_key(key: &[u8]) -> Result<String, CredentialsFault> {
    check_edges(key)?;
    if !key.is_ascii() {
        return Err(CredentialsFault::NonAscii);
    }
    if key.iter().any(u8::is_ascii_control) {
        return Err(CredentialsFault::Control);
    }
    if key.iter().any(|byte| matches!(byte, b'&' | b'=')) {
        return Err(CredentialsFault::Separator);
    }
    Ok(key.iter().copied().map(char::from).collect())
}

fn check_edges(value: &[u8]) -> Result<(), CredentialsFault> {
    const BYTE_ORDER_MARKS: [&[u8]; 3] = [b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"];
    const LINE_ENDS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

    if value.is_empty() {
        return Err(CredentialsFault::Empty);
    }
    if BYTE_ORDER_MARKS.iter().any(|mark| value.starts_with(mark) || value.ends_with(mark)) {
        return Err(CredentialsFault::EdgeByteOrderMark);
    }
    let first = value.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    let last = value
        .utf8_chunks()
        .last()
        .filter(|chunk| chunk.invalid().is_empty())
        .and_then(|chunk| chunk.valid().chars().next_back());
    for edge in [first, last].into_iter().flatten() {
        if LINE_ENDS.contains(&edge) {
            return Err(CredentialsFault::EdgeLineEnd);
        }
        if edge.is_whitespace() {
            return Err(CredentialsFault::EdgeBlank);
        }
    }
    Ok(())
}
