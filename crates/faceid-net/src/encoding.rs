//! Whether an answer is compressed, which is never asked for.

/// Whether this value of `Content-Encoding` names a coding that changes a body. `identity` does not, nor an empty value; case
/// and blanks do not count.
///
/// ```
/// assert!(faceid_net::is_compressed(b"identity, gzip"));
/// assert!(!faceid_net::is_compressed(b" Identity, "));
/// ```
#[must_use]
pub fn is_compressed(content_encoding: &[u8]) -> bool {
    let mut codings = content_encoding.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    codings.any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
}
