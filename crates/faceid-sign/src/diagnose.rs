//! Names the slip behind a sign that is refused.
//!
//! Each slip here was made by a real client program. A sign is unwrapped from outside in: first what a transport did to
//! the text, then how text and digest were joined, then what the digest was computed from, then what the fields say.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use sha1::{Digest as _, Sha1};

use zeroize::Zeroizing;

use crate::claims::MAC_LEN;
use crate::mac::MacKey;
use crate::raw::{Fields, parse_number};
use crate::{Claims, Credentials};

/// What [`Credentials::diagnose`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It verifies, and its times fit the clock.
    Valid(Claims),
    /// It was made, or changed on its way, by a known slip.
    Slip(Slip),
    /// No known slip explains it: key and secret are then not a pair, or the text is cut off or not a sign at all.
    Unknown,
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid(_) => f.write_str("the sign is valid"),
            Self::Slip(slip) => slip.fmt(f),
            Self::Unknown => f.write_str(
                "no known slip explains this sign: api_key and api_secret are not a pair, \
                 or it is cut off or no sign at all",
            ),
        }
    }
}

/// A slip that real client programs make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Slip {
    /// The digest was joined to the text as hexadecimal digits, not as bytes.
    HexDigest,
    /// The digest alone was sent, without the text.
    DigestOnly,
    /// HMAC was given the text as its key and the secret as its message.
    KeyAndMessageSwapped,
    /// The `api_key` was used as the secret.
    ApiKeyAsSecret,
    /// The secret was read with the line end that follows it in its file.
    LineEndAfterSecret,
    /// The text was signed, or joined to its digest, with a line end behind it, as `echo` prints one.
    LineEndAfterText,
    /// SHA-1 of secret and text, without HMAC.
    PlainSha1,
    /// HMAC-SHA256 under the name `hmac_sha1`.
    HmacSha256,
    /// The digest went through a text in UTF-8, which replaced what is not UTF-8.
    LossyUtf8,
    /// The digest went through a text in Latin-1, and was encoded as UTF-8.
    Latin1,
    /// Python 3 printed `b'...'` around the sign.
    PythonBytesLiteral,
    /// Quotation marks, single or double, stand around the sign.
    Quoted,
    /// Base64 with the alphabet for URLs: `-` and `_` for `+` and `/`.
    UrlSafeAlphabet,
    /// The `=` at the end are missing.
    MissingPadding,
    /// A MIME encoder broke the base64 into lines.
    LineBreaks,
    /// A `+` arrived as a blank: the form was urlencoded without escaping it.
    BlankForPlus,
    /// The sign was percent-escaped and never unescaped.
    PercentEscaped,
    /// Encoded to base64 twice.
    DoubleBase64,
    /// b, c or both count milliseconds; seconds are wanted.
    Milliseconds,
    /// b or c is no whole number of seconds in the digits 0 to 9: it has a fraction, an exponent, commas, a minus.
    TimeNotWhole,
    /// b is a duration; the time of expiry is wanted.
    DurationAsExpiry,
    /// b is not after c. For single use, b is 0.
    NotAfterIssue,
    /// d is negative.
    NonceNegative,
    /// d has a character that is no digit, or is empty.
    NonceLetters,
    /// d has more than ten digits.
    NonceTooLong,
    /// d is written in the digits of another script, as a locale can make a formatter do.
    NonceForeignDigits,
    /// The fields stand in another order than a, b, c, d.
    FieldsReordered,
    /// A field is missing, or there is one too many.
    FieldsMissing,
    /// The text was percent-escaped before it was signed.
    FieldsEscaped,
    /// The sign was valid once: it was kept too long, or the signer's clock is behind.
    Expired {
        /// Seconds since it expired.
        seconds: u64,
        /// Seconds since its time of issue: by so much the clock is behind, if it was made just now.
        age: u64,
    },
    /// The sign is from the future: the signer's clock is ahead.
    FromTheFuture {
        /// Seconds until its time of issue.
        seconds: u64,
    },
    /// A single-use sign from the past: it was kept, or the signer's clock is behind.
    Stale {
        /// Seconds since its time of issue.
        seconds: u64,
    },
}

impl Slip {
    /// The slip that the text of a sign shows by itself, whoever's secret it was made with: what was done to the base64, how
    /// digest and text were joined, what is wrong with a field. `None` if there is none, or it is no sign at all, or may be one
    /// that was cut off; whether the digest is right, and the times are, [`Credentials::diagnose`] tells.
    ///
    /// ```
    /// use faceid_sign::{Claims, Slip};
    ///
    /// // `base64.encodebytes` in Python breaks lines.
    /// let lines = "aN7vMjPy3UXPU6rYg/IS0O21uORhPWtleSZiPTE3MDAwMDAxMDAmYz0xNzAwMDAwMDAwJmQ9MQ==\n";
    /// assert!(Claims::peek(lines).is_err());
    /// assert_eq!(Slip::of_form(lines), Some(Slip::LineBreaks));
    /// ```
    #[must_use]
    pub fn of_form(sign: &str) -> Option<Self> {
        if is_hex_digest(sign.as_bytes()) {
            return Some(Self::DigestOnly);
        }
        match beneath(sign, form)? {
            // It may be what a cut has left.
            (Some(Self::MissingPadding), Diagnosis::Slip(_)) => None,
            (Some(slip), _) | (None, Diagnosis::Slip(slip)) => Some(slip),
            (None, _) => None,
        }
    }

    /// The name of the slip in `snake_case`, the same in each language that embeds this crate.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::HexDigest => "hex_digest",
            Self::DigestOnly => "digest_only",
            Self::KeyAndMessageSwapped => "key_and_message_swapped",
            Self::ApiKeyAsSecret => "api_key_as_secret",
            Self::LineEndAfterSecret => "line_end_after_secret",
            Self::LineEndAfterText => "line_end_after_text",
            Self::PlainSha1 => "plain_sha1",
            Self::HmacSha256 => "hmac_sha256",
            Self::LossyUtf8 => "lossy_utf8",
            Self::Latin1 => "latin1",
            Self::PythonBytesLiteral => "python_bytes_literal",
            Self::Quoted => "quoted",
            Self::UrlSafeAlphabet => "url_safe_alphabet",
            Self::MissingPadding => "missing_padding",
            Self::LineBreaks => "line_breaks",
            Self::BlankForPlus => "blank_for_plus",
            Self::PercentEscaped => "percent_escaped",
            Self::DoubleBase64 => "double_base64",
            Self::Milliseconds => "milliseconds",
            Self::TimeNotWhole => "time_not_whole",
            Self::DurationAsExpiry => "duration_as_expiry",
            Self::NotAfterIssue => "not_after_issue",
            Self::NonceNegative => "nonce_negative",
            Self::NonceLetters => "nonce_letters",
            Self::NonceTooLong => "nonce_too_long",
            Self::NonceForeignDigits => "nonce_foreign_digits",
            Self::FieldsReordered => "fields_reordered",
            Self::FieldsMissing => "fields_missing",
            Self::FieldsEscaped => "fields_escaped",
            Self::Expired { .. } => "expired",
            Self::FromTheFuture { .. } => "from_the_future",
            Self::Stale { .. } => "stale",
        }
    }
}

impl fmt::Display for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HexDigest => "the digest was joined as hex digits: join its 20 bytes",
            Self::DigestOnly => "the digest alone was encoded: encode digest and text together",
            Self::KeyAndMessageSwapped => "HMAC's key and message are swapped: the secret is the key",
            Self::ApiKeyAsSecret => "the api_key was used as the secret",
            Self::LineEndAfterSecret => "the secret was used with the line end that follows it: trim it",
            Self::LineEndAfterText => {
                "the text was signed, or joined, with a line end behind it: echo adds one, printf %s does not"
            }
            Self::PlainSha1 => "SHA-1 of secret and text was used: HMAC-SHA1 is wanted",
            Self::HmacSha256 => "HMAC-SHA256 was used under sign_version hmac_sha1",
            Self::LossyUtf8 => "the digest was turned into a UTF-8 text on its way: keep it as bytes",
            Self::Latin1 => "the digest was turned into a Latin-1 text on its way: keep it as bytes",
            Self::PythonBytesLiteral => {
                "the sign is wrapped in Python's b'...': decode the bytes to a text first"
            }
            Self::Quoted => "the sign is in quotation marks: take them off",
            Self::UrlSafeAlphabet => {
                "base64 with the URL-safe alphabet: the standard one, with + and /, is wanted"
            }
            Self::MissingPadding => "the = at the end of the base64 are missing",
            Self::LineBreaks => "the base64 is broken into lines: use an encoder without line breaks",
            Self::BlankForPlus => "a + arrived as a blank: the form was urlencoded without escaping it",
            Self::PercentEscaped => "the sign is percent-escaped: multipart values are sent as they are",
            Self::DoubleBase64 => "the sign was encoded to base64 twice",
            Self::Milliseconds => "b or c is in milliseconds: seconds are wanted",
            Self::TimeNotWhole => "b or c is not a whole number of seconds in the digits 0 to 9",
            Self::DurationAsExpiry => "b is a duration: the UNIX time of expiry is wanted",
            Self::NotAfterIssue => "b is not after c: for a single-use sign b is 0",
            Self::NonceNegative => "d is negative: take an unsigned random number",
            Self::NonceLetters => "d is not made of digits",
            Self::NonceTooLong => "d has more than ten digits",
            Self::NonceForeignDigits => {
                "d is in the digits of another script: format numbers without a locale"
            }
            Self::FieldsReordered => "the fields are not in the order a, b, c, d",
            Self::FieldsMissing => "the signed text does not have exactly the fields a, b, c, d",
            Self::FieldsEscaped => "the signed text is percent-escaped: sign it as it is",
            Self::Expired { seconds, age } => {
                return write!(
                    f,
                    "expired {seconds} s ago, and was issued {age} s ago: an old sign was kept, \
                     or the signer's clock is {age} s behind"
                );
            }
            Self::FromTheFuture { seconds } => {
                return write!(
                    f,
                    "issued {seconds} s in the future: the signer's clock is {seconds} s ahead"
                );
            }
            Self::Stale { seconds } => {
                return write!(
                    f,
                    "single-use, issued {seconds} s ago: it was kept, or the signer's clock is {seconds} s behind"
                );
            }
        })
    }
}

/// Seconds that a clock may be off before it is named as the cause. The service's own figure is not documented.
const CLOCK_TOLERANCE: u64 = 300;

/// UNIX times from here on (the year 5138) are milliseconds, and expiries up to here (10 years) are durations.
const SURELY_MILLISECONDS: u64 = 100_000_000_000;
const SURELY_A_DURATION: u64 = 10 * 366 * 86_400;

impl Credentials {
    /// Says why a sign made for this pair does not verify at `now` (UNIX time in seconds).
    ///
    /// It is stricter than [`verify`](Self::verify), which lets pass what no page of the vendor's forbids: a sign issued
    /// more than 300 s after `now`, a single-use one issued more than 300 s before it, and times in milliseconds are
    /// slips too.
    ///
    /// ```
    /// use faceid_sign::{Credentials, Diagnosis, Slip};
    ///
    /// let credentials = Credentials::new("key", "secret")?;
    /// // HMAC-SHA1 as 40 hex digits, joined to the text, in base64: what a digest's `hexdigest` leads to.
    /// let hex = "NjhkZWVmMzIzM2YyZGQ0NWNmNTNhYWQ4ODNmMjEyZDBlZGI1YjhlNGE9a2V5JmI9MTcwMDAwMDEwMCZjPTE3MDAwMDAwMDAmZD0x";
    /// assert_eq!(credentials.diagnose(hex, 1_700_000_010), Diagnosis::Slip(Slip::HexDigest));
    /// # Ok::<(), faceid_sign::CredentialsError>(())
    /// ```
    #[must_use]
    pub fn diagnose(&self, sign: &str, now: u64) -> Diagnosis {
        if is_hex_digest(sign.as_bytes()) {
            return Diagnosis::Slip(Slip::DigestOnly);
        }
        // What was done to the sign is named only if a sign is found beneath it.
        match beneath(sign, |decoded| self.diagnose_joined(decoded, now)) {
            Some((Some(slip), _)) => Diagnosis::Slip(slip),
            Some((None, found)) => found,
            None => Diagnosis::Unknown,
        }
    }

    /// How digest and text were joined.
    fn diagnose_joined(&self, decoded: &[u8], now: u64) -> Option<Diagnosis> {
        if is_digest_alone(decoded) {
            return Some(Diagnosis::Slip(Slip::DigestOnly));
        }
        if let Some((mac, raw)) = split(decoded, MAC_LEN) {
            return self.diagnose_mac(mac, raw, now);
        }
        let (mac, raw) = decoded.split_at(self.find_raw(decoded)?);
        let expected = MacKey::new(self.secret()).digest(raw);
        if printed_digest(mac).is_some_and(|digits| digits.eq_ignore_ascii_case(hex(&expected).as_bytes())) {
            return Some(Diagnosis::Slip(Slip::HexDigest));
        }
        let joined = [
            (Slip::LossyUtf8, lossy_utf8(&expected, |_| 1).into_bytes()),
            (Slip::LossyUtf8, lossy_utf8(&expected, <[u8]>::len).into_bytes()),
            (Slip::Latin1, expected.iter().copied().map(char::from).collect::<String>().into_bytes()),
        ];
        let slip = joined.iter().find(|(_, bytes)| bytes.eq_ignore_ascii_case(mac)).map(|(slip, _)| *slip);
        slip.or_else(|| is_sha256(mac).then_some(Slip::HmacSha256)).map(Diagnosis::Slip)
    }

    /// What the digest was computed from.
    fn diagnose_mac(&self, mac: &[u8], raw: &[u8], now: u64) -> Option<Diagnosis> {
        let secret = self.secret();
        let with_end = |text: &[u8], end: &[u8]| Zeroizing::new([text, end].concat());
        let hmac_is = |key: &[u8], message: &[u8]| MacKey::new(key).is_digest(mac, message);
        if hmac_is(secret, raw) {
            return self.diagnose_fields(raw, now);
        }
        // Any line end may be in the digest, and another one, or none, be joined.
        let text = without_line_end(raw);
        let slips = [
            (Slip::KeyAndMessageSwapped, hmac_is(raw, secret)),
            (Slip::ApiKeyAsSecret, hmac_is(self.api_key().as_bytes(), raw)),
            (Slip::LineEndAfterSecret, LINE_ENDS.iter().any(|end| hmac_is(&with_end(secret, end), raw))),
            (
                Slip::LineEndAfterText,
                hmac_is(secret, text) || LINE_ENDS.iter().any(|end| hmac_is(secret, &with_end(text, end))),
            ),
            (Slip::PlainSha1, Sha1::new_with_prefix(secret).chain_update(raw).finalize().as_slice() == mac),
        ];
        slips.iter().find(|(_, fits)| *fits).map(|(slip, _)| Diagnosis::Slip(*slip))
    }

    /// What the fields say, once the digest is right.
    fn diagnose_fields(&self, raw: &[u8], now: u64) -> Option<Diagnosis> {
        let Some(fields) = Fields::parse(raw) else {
            return malformed_fields(raw).map(Diagnosis::Slip);
        };
        if fields.api_key != self.api_key() {
            return None;
        }
        let (expires_at, issued_at) = (fields.expires_at, fields.issued_at);
        let slip = if issued_at >= SURELY_MILLISECONDS || expires_at >= SURELY_MILLISECONDS {
            Slip::Milliseconds
        } else if issued_at > now.saturating_add(CLOCK_TOLERANCE) {
            Slip::FromTheFuture { seconds: issued_at - now }
        } else if expires_at == 0 {
            match now.saturating_sub(issued_at) {
                seconds if seconds > CLOCK_TOLERANCE => Slip::Stale { seconds },
                _ => return Some(Diagnosis::Valid(fields.into())),
            }
        } else if expires_at <= issued_at && expires_at <= SURELY_A_DURATION {
            Slip::DurationAsExpiry
        } else if expires_at <= issued_at {
            Slip::NotAfterIssue
        } else if expires_at <= now {
            Slip::Expired { seconds: now - expires_at, age: now - issued_at }
        } else {
            return Some(Diagnosis::Valid(fields.into()));
        };
        Some(Diagnosis::Slip(slip))
    }

    /// Where the text begins in a sign whose digest is not 20 bytes long.
    fn find_raw(&self, decoded: &[u8]) -> Option<usize> {
        let head = [b"a=", self.api_key().as_bytes()].concat();
        decoded.windows(head.len()).position(|window| window == head)
    }
}

/// What `look` finds beneath what was done to a sign, and the outermost of that.
fn beneath<T>(sign: &str, look: impl Fn(&[u8]) -> Option<T>) -> Option<(Option<Slip>, T)> {
    let (outermost, decoded) = unwrap(sign)?;
    if let Some(found) = look(&decoded) {
        return Some((outermost, found));
    }
    let inner = STANDARD.decode(&decoded).ok()?;
    Some((outermost.or(Some(Slip::DoubleBase64)), look(&inner)?))
}

/// The bytes of a sign beneath what was done to its text, and the outermost such slip.
fn unwrap(sign: &str) -> Option<(Option<Slip>, Vec<u8>)> {
    // Slips come together (percent-escaped line breaks), but not without end.
    const DEPTH: usize = 4;
    // A sign of a long key, escaped and encoded twice, is far below this.
    const LONGEST: usize = 16 * 1024;
    if sign.len() > LONGEST {
        return None;
    }
    let mut outermost = None;
    let mut text = Cow::Borrowed(sign);
    for _ in 0..DEPTH {
        if let Ok(decoded) = STANDARD.decode(&*text) {
            return Some((outermost, decoded));
        }
        let (slip, mended) = unwrap_once(&text)?;
        outermost = outermost.or(Some(slip));
        text = mended.into_owned().into();
    }
    None
}

/// What a transport, a printer or an encoder did to the base64, and the text before it did.
fn unwrap_once(sign: &str) -> Option<(Slip, Cow<'_, str>)> {
    let unquoted = ["b'", "b\""].iter().find_map(|open| sign.strip_prefix(open));
    if let Some(inner) = unquoted.and_then(|rest| rest.strip_suffix(['\'', '"'])) {
        return Some((Slip::PythonBytesLiteral, inner.into()));
    }
    let quoted = ['"', '\''].iter().find_map(|mark| sign.strip_prefix(*mark)?.strip_suffix(*mark));
    if let Some(inner) = quoted {
        return Some((Slip::Quoted, inner.into()));
    }
    if let Some(unescaped) = sign.contains('%').then(|| percent_decode(sign)).flatten() {
        return Some((Slip::PercentEscaped, unescaped.into()));
    }
    if sign.contains(['\r', '\n']) {
        return Some((Slip::LineBreaks, sign.replace(['\r', '\n'], "").into()));
    }
    if sign.contains(' ') {
        return Some((Slip::BlankForPlus, sign.replace(' ', "+").into()));
    }
    let standard = |bytes: Vec<u8>| Cow::from(STANDARD.encode(bytes));
    if let Ok(bytes) = URL_SAFE.decode(sign).or_else(|_| URL_SAFE_NO_PAD.decode(sign)) {
        if sign.contains(['-', '_']) {
            return Some((Slip::UrlSafeAlphabet, standard(bytes)));
        }
    }
    STANDARD_NO_PAD.decode(sign).ok().map(|bytes| (Slip::MissingPadding, standard(bytes)))
}

fn malformed_fields(raw: &[u8]) -> Option<Slip> {
    let text = core::str::from_utf8(raw).ok()?;
    if let Some(unescaped) = text.contains('%').then(|| percent_decode(text)).flatten() {
        if looks_like_raw(unescaped.as_bytes()) {
            return Some(Slip::FieldsEscaped);
        }
    }
    if without_line_end(raw) != raw {
        return Some(Slip::LineEndAfterText);
    }
    let parts: Vec<(&str, &str)> =
        text.split('&').map(|part| part.split_once('=').unwrap_or((part, ""))).collect();
    let mut names: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
    let ordered = names == ["a", "b", "c", "d"];
    names.sort_unstable();
    if names != ["a", "b", "c", "d"] {
        return Some(Slip::FieldsMissing);
    }
    if !ordered {
        return Some(Slip::FieldsReordered);
    }
    let value = |wanted: &str| parts.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| *value);
    if value("a").is_empty() || value("b").is_empty() || value("c").is_empty() {
        return Some(Slip::FieldsMissing);
    }
    let nonce = value("d");
    if parse_number(value("b")).and(parse_number(value("c"))).is_none() {
        Some(Slip::TimeNotWhole)
    } else if nonce.strip_prefix('-').and_then(parse_number).is_some() {
        Some(Slip::NonceNegative)
    } else if nonce.bytes().all(|byte| byte.is_ascii_digit()) && nonce.len() > crate::Nonce::MAX_LEN {
        Some(Slip::NonceTooLong)
    } else if !nonce.is_ascii() && nonce.chars().all(char::is_numeric) {
        Some(Slip::NonceForeignDigits)
    } else if crate::Nonce::new(nonce).is_err() {
        Some(Slip::NonceLetters)
    } else {
        None
    }
}

/// Nothing is left of the text that was signed, so the digest cannot be recomputed.
fn is_digest_alone(decoded: &[u8]) -> bool {
    decoded.len() == MAC_LEN || is_hex_digest(decoded)
}

/// Whether what stands in the digest's place is one of SHA-256, and no digits.
fn is_sha256(mac: &[u8]) -> bool {
    mac.len() == 32 && !mac.iter().all(u8::is_ascii_hexdigit) && !looks_like_raw(mac)
}

/// A digest of that length and the text after it, if one is there.
fn split(decoded: &[u8], mac_len: usize) -> Option<(&[u8], &[u8])> {
    decoded.split_at_checked(mac_len).filter(|(_, raw)| looks_like_raw(raw))
}

/// How digest and text were joined, and which fields there are: what shows of it without the secret.
fn form(decoded: &[u8]) -> Option<Diagnosis> {
    if is_digest_alone(decoded) {
        return Some(Diagnosis::Slip(Slip::DigestOnly));
    }
    if let Some((_, raw)) = split(decoded, MAC_LEN) {
        if let Some(fields) = Fields::parse(raw) {
            return Some(Diagnosis::Valid(fields.into()));
        }
        let slip = malformed_fields(raw)?;
        // A line end that no d stands before may be the key's, or a time's, with the rest cut off.
        let shows_at_end = matches!(slip, Slip::FieldsMissing | Slip::NonceLetters | Slip::LineEndAfterText);
        let may_be_cut = shows_at_end && is_cut(raw);
        return (!may_be_cut).then_some(Diagnosis::Slip(slip));
    }
    let is_printed = |at: usize| {
        let (mac, raw) = decoded.split_at(at);
        looks_like_raw(raw) && printed_digest(mac).is_some()
    };
    if (0..decoded.len()).any(is_printed) {
        return Some(Diagnosis::Slip(Slip::HexDigest));
    }
    let is_sha256 = split(decoded, 32).is_some_and(|(mac, _)| is_sha256(mac));
    is_sha256.then_some(Diagnosis::Slip(Slip::HmacSha256))
}

/// The last is what a shell leaves of the one before.
const LINE_ENDS: [&[u8]; 3] = [b"\n", b"\r\n", b"\r"];

/// The text without the line end behind it, or the half of one that a cut has left.
fn without_line_end(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
    raw.strip_suffix(b"\r").unwrap_or(raw)
}

/// Whether it may have been cut off: a field is missing at the end, or its value.
fn is_cut(raw: &[u8]) -> bool {
    raw.split(|byte| *byte == b'&').count() < 4
        || matches!(raw.last(), Some(b'=' | b'&'))
        || raw.ends_with(b"&d")
}

/// Whether it is the signed text of some key, be it with fields missing or escaped.
fn looks_like_raw(bytes: &[u8]) -> bool {
    ["a=", "b=", "c=", "d=", "a%3D", "a%3d"].iter().any(|start| bytes.starts_with(start.as_bytes()))
}

/// The digits of a digest, as a program printed them: `SHA1(stdin)= ` before them and a line end behind are openssl's.
fn printed_digest(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_end();
    let before = text.len().checked_sub(2 * MAC_LEN)?;
    Some(&text[before..]).filter(|digits| is_hex_digest(digits))
}

fn is_hex_digest(text: &[u8]) -> bool {
    text.len() == 2 * MAC_LEN && text.iter().all(u8::is_ascii_hexdigit)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

/// What a decoder makes of bytes that are not UTF-8: one replacement for each broken sequence, or one for each byte.
fn lossy_utf8(bytes: &[u8], replacements: impl Fn(&[u8]) -> usize) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push_str(&"\u{FFFD}".repeat(replacements(chunk.invalid())));
        }
    }
    text
}

/// `None` where an escape is broken, or the result is no text.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let (digits, after) = after.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    core::str::from_utf8(&bytes).ok().map(ToString::to_string)
}
